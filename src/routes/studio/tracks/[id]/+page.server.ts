import { Problem } from '#contracts/problem';
import { signedIn } from '../../../signed-in.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	event.depends('segue:library');
	const { portal } = event.locals;
	const track = await portal.catalogue.tracks.byId(event.params.id, signedIn(event));
	// Its original is known to whoever it belongs to, and to the portal's owner.
	if (!track?.originalSha256) throw new Problem('not_found');
	return { track, plays: await portal.statistics.ofTrack(track.id, 30) };
};
