import { releaseAsk } from '../api/browse/ask.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { browse } = locals.portal.catalogue;
	const asked = { ...releaseAsk(url), genre: null };
	const [{ releases, next }, years] = await Promise.all([browse.releases(asked), browse.years()]);
	const { sort, year, cursor } = asked;
	return { releases, next, years, sort, year, isLater: cursor !== null };
};
