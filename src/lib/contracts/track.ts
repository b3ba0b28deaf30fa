import * as v from 'valibot';
import { Chapter } from './chapter.ts';

/** What a track may be encoded to beside its original: AAC plays everywhere, Opus over slow links. */
export const RENDITION_KINDS = ['aac', 'opus'] as const;
export type RenditionKind = (typeof RENDITION_KINDS)[number];

/** A way to hear a track. */
export const Rendition = v.object({
	/** `original` is what was uploaded, where browsers play it. */
	kind: v.picklist(['original', ...RENDITION_KINDS]),
	/** Only its artist and the owner see what is not ready. */
	state: v.picklist(['waiting', 'ready', 'failed']),
	/** Media type, for `canPlayType`. */
	type: v.string(),
	/** 0 when it is not known. */
	bitsPerSecond: v.number(),
	/** Null until it is ready. Always gives the same bytes, unless the original is replaced by a better one. */
	url: v.nullable(v.string())
});
export type Rendition = v.InferOutput<typeof Rendition>;

/** EBU R128; both are null for silence. */
export const Loudness = v.object({
	/** LUFS, integrated over the whole track. */
	integrated: v.nullable(v.number()),
	/** dBTP. */
	truePeak: v.nullable(v.number())
});
export type Loudness = v.InferOutput<typeof Loudness>;

/** What the encoder of the original added, in samples of `hertz`. Decoders add to the first what is their own. */
export const Gapless = v.object({ hertz: v.number(), delay: v.number(), padding: v.number() });
export type Gapless = v.InferOutput<typeof Gapless>;

const mbid = v.optional(v.string());
/** Its ids at MusicBrainz, as far as its tags have them. */
export const MusicBrainz = v.object({
	recording: mbid,
	/** The recording's place on its release. */
	track: mbid,
	release: mbid,
	releaseGroup: mbid,
	artists: v.optional(v.array(v.string())),
	albumArtists: v.optional(v.array(v.string()))
});
export type MusicBrainz = v.InferOutput<typeof MusicBrainz>;

/** The answer at `peaksUrl`: the loudest of each part of a track, 0 to 255; all parts are equally long. */
export const Peaks = v.object({ peaks: v.array(v.number()) });
export type Peaks = v.InferOutput<typeof Peaks>;

/**
 * Who finds a track. `public`: everybody, everywhere. `unlisted`: who has its address; it is in no list, search or feed.
 * `private`: its artist and the owner. `draft`: the same, until it is published.
 */
export const VISIBILITIES = ['draft', 'private', 'unlisted', 'public'] as const;
export type Visibility = (typeof VISIBILITIES)[number];
/** What is in lists. */
export const LISTED = ['public'] as const satisfies readonly Visibility[];
/** What opens for whoever has the address. */
export const LINKED = ['public', 'unlisted'] as const satisfies readonly Visibility[];

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
	/** Where music of this genre is listed. */
	genreSlug: v.optional(v.string()),
	/** ISO 8601: a year, a month or a day. */
	date: v.nullable(v.string()),
	durationSeconds: v.number(),
	/** `ready` plays. */
	state: v.picklist(['processing', 'ready']),
	visibility: v.picklist(VISIBILITIES),
	/** What to play when there is no reason for anything else: the original, or AAC where that is too much for a link. */
	streamUrl: v.nullable(v.string()),
	/** All ways to hear it, `streamUrl` among them. */
	renditions: v.optional(v.array(Rendition)),
	/** Once it is measured. */
	peaksUrl: v.optional(v.string()),
	loudness: v.optional(Loudness),
	/** Where the format says so. */
	gapless: v.optional(Gapless),
	musicbrainz: v.optional(MusicBrainz),
	/** How far the measuring is; only for the artist and the owner. */
	measured: v.optional(v.picklist(['waiting', 'ready', 'failed'])),
	/** sha-256 of what was uploaded, in hexadecimal; only for the artist and the owner. */
	originalSha256: v.optional(v.string()),
	/** For the artist and the owner, and for everybody where its release may be downloaded. */
	originalUrl: v.optional(v.string()),
	/** Bytes and name of what was uploaded; only for the artist and the owner. */
	originalSize: v.optional(v.number()),
	originalName: v.optional(v.string()),
	/** Why the portal's owner took it down, while it is; only for the artist and the owner. */
	takenDown: v.optional(v.string()),
	/** The upload that it is described and published by; only for the artist and the owner. */
	uploadId: v.optional(v.string()),
	/** Plain text in lines: its words, or what else is to be read beside it. Not in lists. */
	text: v.optional(v.string()),
	/** Who did what on it: a line for each role. Not in lists. */
	credits: v.optional(v.string()),
	/** In their order, where somebody says them. Not in lists. */
	chapters: v.optional(v.array(Chapter)),
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
