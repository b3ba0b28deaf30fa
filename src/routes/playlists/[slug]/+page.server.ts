import { PLAYLIST_PAGE } from '#contracts/playlist';
import { Problem } from '#contracts/problem';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const playlist = await locals.portal.catalogue.playlists.read(
		{ slug: params.slug },
		locals.person,
		{ limit: PLAYLIST_PAGE, cursor: url.searchParams.get('from') }
	);
	if (!playlist) throw new Problem('not_found');
	return { playlist };
};
