import { Problem } from '#contracts/problem';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, depends }) => {
	depends('segue:library');
	const release = await locals.portal.catalogue.releases.bySlug(params.slug, locals.person);
	if (!release) throw new Problem('not_found');
	return { release };
};
