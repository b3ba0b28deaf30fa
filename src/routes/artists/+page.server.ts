import { artistAsk } from '../api/browse/ask.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const asked = artistAsk(url);
	const { artists, next } = await locals.portal.catalogue.browse.artists(asked);
	return { artists, next, sort: asked.sort, isLater: asked.cursor !== null };
};
