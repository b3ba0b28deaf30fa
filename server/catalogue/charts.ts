import type { Release } from '#contracts/release';
import type { Track } from '#contracts/track';

/** What people listen to. The one place that knows how plays are counted. */
export class Charts {
	/** Of everybody's plays; empty as long as none are counted. */
	async mostPlayedReleases(_limit: number): Promise<Release[]> {
		return [];
	}

	async mostPlayedTracks(_limit: number): Promise<Track[]> {
		return [];
	}
}
