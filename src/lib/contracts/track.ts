import * as v from 'valibot';

/** Cover edges in pixels; `coverUrl` names the third. */
export const COVER_SIZES = [96, 256, 512, 1024] as const;
export type CoverSize = (typeof COVER_SIZES)[number];

export const Track = v.object({
	id: v.string(),
	slug: v.string(),
	title: v.string(),
	artist: v.string(),
	artistSlug: v.string(),
	/** Title of the release, null for a track that stands alone. */
	release: v.nullable(v.string()),
	releaseSlug: v.nullable(v.string()),
	discNumber: v.nullable(v.number()),
	trackNumber: v.nullable(v.number()),
	/** The year of `date`. */
	year: v.nullable(v.number()),
	genre: v.nullable(v.string()),
	/** ISO 8601: a year, a month or a day. */
	date: v.nullable(v.string()),
	durationSeconds: v.number(),
	/** `ready` plays. */
	state: v.picklist(['processing', 'ready']),
	visibility: v.picklist(['draft', 'public']),
	streamUrl: v.nullable(v.string()),
	/** Only for the artist and the owner. */
	originalUrl: v.optional(v.string()),
	/** The upload that it is described and published by; only for the artist and the owner. */
	uploadId: v.optional(v.string()),
	coverUrl: v.optional(v.string()),
	/** CSS colour taken from the cover. */
	coverColor: v.optional(v.string()),
	/** What was uploaded, in words people use: "FLAC", "MP3". */
	format: v.string(),
	/** ISO 8601. */
	createdAt: v.string()
});
export type Track = v.InferOutput<typeof Track>;

export const MAX_PAGE = 200;
export const TrackPage = v.object({ tracks: v.array(Track), next: v.nullable(v.string()) });
export type TrackPage = v.InferOutput<typeof TrackPage>;

/** The same cover in another size. */
export function coverAt(coverUrl: string, size: CoverSize): string {
	return coverUrl.replace(/\d+\.webp$/, `${size}.webp`);
}
