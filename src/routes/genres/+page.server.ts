import type { PageServerLoad } from './$types';

/** A page of names costs little: only tags gone wild need another. */
const GENRES = 300;

export const load: PageServerLoad = async ({ locals, url }) => {
	const cursor = url.searchParams.get('cursor');
	const page = await locals.portal.catalogue.browse.genres({ limit: GENRES, cursor });
	return { ...page, isLater: cursor !== null };
};
