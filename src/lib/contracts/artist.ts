import type { Release } from './release.ts';
import type { Track } from './track.ts';

export interface Artist {
	id: string;
	slug: string;
	name: string;
}

export interface ArtistWithMusic extends Artist {
	releases: Release[];
	/** Tracks that stand alone, newest first. */
	singles: Track[];
}
