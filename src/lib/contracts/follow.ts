import type { Artist } from './artist.ts';
import type { Release } from './release.ts';
import type { Track } from './track.ts';

/** More artists than this nobody follows. */
export const MAX_FOLLOWS = 1_000;

/** What came lately from an artist that somebody follows: a release, or a track that stands alone. */
export type News = { at: string; isUnseen: boolean } & (
	{ kind: 'release'; release: Release } | { kind: 'track'; track: Track }
);

export interface FollowedArtist extends Artist {
	/** ISO 8601. */
	since: string;
}
