import { Problem } from '#contracts/problem';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, depends, parent }) => {
	depends('segue:library');
	await parent(); // who is not signed in is led away before anything is asked
	const { person, portal } = locals;
	const track = await portal.catalogue.tracks.byId(params.id, person);
	// Its original is known to whoever it belongs to, and to the portal's owner.
	if (!track?.originalSha256) throw new Problem('not_found');
	return { track, plays: await portal.statistics.ofTrack(track.id, 30) };
};
