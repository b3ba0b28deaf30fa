import { redirect } from '@sveltejs/kit';
import { Problem } from '#contracts/problem';
import { releaseAsk } from '../../api/browse/ask.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const { browse } = locals.portal.catalogue;
	const genre = await browse.genre(params.slug);
	if (!genre) throw new Problem('not_found');
	if (genre.slug !== params.slug) redirect(308, `/genres/${encodeURIComponent(genre.slug)}`);
	const asked = { ...releaseAsk(url), genre: genre.slug, year: null };
	const { releases, next } = await browse.releases(asked);
	return { genre, releases, next, sort: asked.sort, isLater: asked.cursor !== null };
};
