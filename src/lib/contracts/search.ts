import * as v from 'valibot';
import { Track } from './track.ts';

export const FoundRelease = v.object({
	id: v.string(),
	slug: v.string(),
	title: v.string(),
	artist: v.string(),
	artistSlug: v.string(),
	year: v.nullable(v.number()),
	genre: v.nullable(v.string()),
	/** ISO 8601: a year, a month or a day. */
	date: v.nullable(v.string()),
	coverUrl: v.exactOptional(v.string()),
	/** CSS colour taken from the cover. */
	coverColor: v.exactOptional(v.string()),
	trackCount: v.number(),
	durationSeconds: v.number()
});

export const FoundArtist = v.object({
	id: v.string(),
	slug: v.string(),
	name: v.string(),
	releaseCount: v.number(),
	trackCount: v.number(),
	/** Of one of their releases. */
	coverUrl: v.exactOptional(v.string())
});
export type FoundArtist = v.InferOutput<typeof FoundArtist>;

/** The best of each kind, best first. */
export const Found = v.object({
	tracks: v.array(Track),
	releases: v.array(FoundRelease),
	artists: v.array(FoundArtist)
});
export type Found = v.InferOutput<typeof Found>;

/** Of each kind. */
export const MAX_FOUND = 50;
