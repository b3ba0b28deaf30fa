import { redirect } from '@sveltejs/kit';
import { Problem } from '#contracts/problem';
import { releaseMeta } from '$lib/pages/meta.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, depends }) => {
	depends('segue:library');
	const { releases } = locals.portal.catalogue;
	const release = await releases.bySlug(params.slug, locals.person);
	if (release) return { release, meta: releaseMeta(release, locals.site) };
	const successor = await releases.movedTo(params.slug);
	// What became part of something that this visitor may not open is as unknown as that.
	if (successor === null || !(await releases.bySlug(successor, locals.person))) {
		throw new Problem('not_found');
	}
	redirect(308, `/releases/${encodeURIComponent(successor)}`);
};
