import * as v from 'valibot';
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
	/** Where music of this genre is listed. */
	genreSlug?: string;
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

/** A role, and who had it. */
export interface Credit {
	/** Null for a line that names none. */
	role: string | null;
	names: string;
}

/** A release with its tracks in the order of discs and numbers. */
export interface ReleaseWithTracks extends Release {
	tracks: Track[];
	/** Who did what on its tracks. */
	credits: Credit[];
	/** Whether listeners may have what was uploaded. */
	downloads: boolean;
	/** Whether who asks may change it. */
	mayEdit: boolean;
}

/** `PATCH /api/releases/:id`, by its artist or the owner: what is absent stays as it is. */
export const ReleaseChanges = v.object({ downloads: v.optional(v.boolean()) });
export type ReleaseChanges = v.InferOutput<typeof ReleaseChanges>;
