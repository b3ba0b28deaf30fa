import type { Track } from './track.ts';

export interface Release {
	id: string;
	slug: string;
	title: string;
	artist: string;
	artistSlug: string;
	year: number | null;
	coverUrl?: string;
	/** CSS colour taken from the cover. */
	coverColor?: string;
	trackCount: number;
	durationSeconds: number;
}

/** A release with its tracks in the order of discs and numbers. */
export interface ReleaseWithTracks extends Release {
	tracks: Track[];
}
