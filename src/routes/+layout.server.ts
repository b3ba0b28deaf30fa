import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, depends }) => {
	depends('segue:news');
	const { person, portal, heard } = locals;
	const hasNews =
		person !== null && (await portal.catalogue.follows.hasNews(person.id, Date.now()));
	return { person, hasNews, heard };
};
