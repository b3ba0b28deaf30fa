import type { PageServerLoad } from './$types';

const FOUND = 24;

export const load: PageServerLoad = async ({ locals, url, depends }) => {
	depends('segue:library');
	const query = url.searchParams.get('q') ?? '';
	const { search } = locals.portal.catalogue;
	const found = await search.find(query, { viewer: locals.person, limit: FOUND });
	return { query, found };
};
