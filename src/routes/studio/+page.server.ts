import { redirect } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

/** How much of a catalogue a page carries before somebody asks for more. */
const TRACKS = 400;
const MOST = 20_000;

export const load: PageServerLoad = async ({ locals, depends, url }) => {
	depends('segue:library');
	if (!locals.person) redirect(303, '/signin?next=%2Fstudio');
	const asked = Number(url.searchParams.get('tracks'));
	const limit = Number.isInteger(asked) && asked > TRACKS ? Math.min(asked, MOST) : TRACKS;
	const { tracks, releases } = locals.portal.catalogue;
	const [found, ofReleases] = await Promise.all([
		tracks.ownedBy(locals.person, { limit: limit + 1 }),
		releases.ownedBy(locals.person, { limit })
	]);
	return {
		tracks: found.slice(0, limit),
		releases: ofReleases,
		/** Whether releases are looked up elsewhere for whoever asks. */
		matches: locals.portal.matching.isOn,
		/** How many to ask for to see more; null when that is all. */
		more: found.length > limit ? limit * 2 : null
	};
};
