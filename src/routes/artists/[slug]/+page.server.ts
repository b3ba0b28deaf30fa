import { Problem } from '#contracts/problem';
import { artistMeta } from '$lib/pages/meta.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, depends }) => {
	depends('segue:library');
	const artist = await locals.portal.catalogue.artists.bySlug(params.slug, locals.person);
	if (!artist) throw new Problem('not_found');
	return { artist, meta: artistMeta(artist, locals.site) };
};
