import * as v from 'valibot';
import type { Release } from './release.ts';
import { Track } from './track.ts';

/** Where a track was played. */
const PLAY_SOURCES = ['page', 'embed', 'feed', 'api'] as const;
export type PlaySource = (typeof PLAY_SOURCES)[number];

/** A listen counts after this, or after half of a track that is shorter than twice as long. */
const COUNTS_AFTER_SECONDS = 30;

/** How much of a track has to be heard before it counts. */
export function countsAfter(durationSeconds: number): number {
	return Math.min(COUNTS_AFTER_SECONDS, durationSeconds / 2);
}

/** What a player says once of each listen. */
export const NewPlay = v.object({
	trackId: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
	/** How much of it was heard by now, in seconds of playing and not as a place in the track. */
	seconds: v.pipe(v.number(), v.finite(), v.minValue(0)),
	source: v.optional(v.picklist(PLAY_SOURCES), 'page')
});
export type NewPlay = v.InferOutput<typeof NewPlay>;

export const HistoryPage = v.object({
	plays: v.array(
		v.object({
			id: v.number(),
			track: Track,
			/** ISO 8601. */
			at: v.string()
		})
	),
	next: v.nullable(v.string())
});
export type HistoryPage = v.InferOutput<typeof HistoryPage>;

/** Whether what somebody plays is remembered for them. */
export const HistorySetting = v.object({ keeps: v.boolean() });

/** A release that somebody began, and what comes next on it. */
export interface Continued {
	release: Release;
	next: Track;
	/** The place of `next` among the release's tracks, from 1. */
	place: number;
	/** Ids of what follows `next`. */
	afterIds: string[];
}
