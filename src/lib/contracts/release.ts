import type { Track } from './track.ts';

export interface Release {
	id: string;
	slug: string;
	title: string;
	artist: string;
	artistSlug: string;
	/** The year of `date`. */
	year: number | null;
	genre: string | null;
	/** ISO 8601: a year, a month or a day. */
	date: string | null;
	coverUrl?: string;
	/** CSS colour taken from the cover. */
	coverColor?: string;
	trackCount: number;
	/** How many of the tracks nobody else sees yet; only in the artist's own list. */
	draftCount?: number;
	durationSeconds: number;
}

/** A release with its tracks in the order of discs and numbers. */
export interface ReleaseWithTracks extends Release {
	tracks: Track[];
}
