import { redirect } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

const TRACKS = 200;

export const load: PageServerLoad = async ({ locals, depends }) => {
	depends('segue:library');
	if (!locals.person) redirect(303, '/signin?next=/studio');
	const { tracks } = locals.portal.catalogue;
	return { tracks: await tracks.ownedBy(locals.person, { limit: TRACKS }) };
};
