import * as v from 'valibot';
import type { Release } from './release.ts';
import type { Track } from './track.ts';

export interface Artist {
	id: string;
	slug: string;
	name: string;
}

export const MOST_LINKS = 12;

/** Somewhere else that an artist is to be found. */
export const ArtistLink = v.object({
	/** What it is called; without it, by its address. */
	label: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(60)), ''),
	/** http or https: anything else may be a program. */
	url: v.pipe(v.string(), v.trim(), v.maxLength(500), v.url(), v.regex(/^https?:\/\//i))
});
export type ArtistLink = v.InferOutput<typeof ArtistLink>;

export interface ArtistWithMusic extends Artist {
	/** Paragraphs are parted by line breaks. Plain text. */
	text: string | null;
	links: ArtistLink[];
	pictureUrl?: string;
	/** CSS colour taken from the picture. */
	pictureColor?: string;
	releases: Release[];
	/** Tracks that stand alone, newest first. */
	singles: Track[];
	/** Up to twenty tracks to begin with. */
	top: Track[];
	/** Releases of others that this artist is on. */
	appearsOn: Release[];
	/** Whether who asks may change it. */
	mayEdit: boolean;
}

/**
 * `PATCH /api/artists/:id`, by the owner, or by the one person whose music this artist's all is. What is absent stays as
 * it is. The address stays whatever the name; tags that say the old name go on meaning this artist.
 */
export const ArtistChanges = v.partial(
	v.object({
		name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
		text: v.nullable(v.pipe(v.string(), v.trim(), v.maxLength(5000))),
		links: v.pipe(v.array(ArtistLink), v.maxLength(MOST_LINKS)),
		/** As `POST /api/covers` named it. */
		pictureHash: v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)))
	})
);
export type ArtistChanges = v.InferOutput<typeof ArtistChanges>;
