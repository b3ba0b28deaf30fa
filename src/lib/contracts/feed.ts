import type { Track } from './track.ts';

/** A track as a feed offers it. */
export interface FeedItem {
	track: Track;
	enclosure: {
		/** A path of this portal. */
		url: string;
		/** Exact for what was uploaded, close for what was made of it. */
		bytes: number;
		/** Media type. */
		type: string;
	};
}
