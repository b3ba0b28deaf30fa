import { Problem } from '#contracts/problem';
import { trackMeta } from '$lib/pages/meta.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, depends }) => {
	depends('segue:library');
	const track = await locals.portal.catalogue.tracks.bySlug(params.slug, locals.person);
	if (!track) throw new Problem('not_found');
	const { chapters } = locals.portal.catalogue;
	return { track: await chapters.beside(track), meta: trackMeta(track, locals.site) };
};
