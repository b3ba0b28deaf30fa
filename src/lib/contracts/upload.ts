import * as v from 'valibot';
import { Chapters } from './chapter.ts';
import { VISIBILITIES } from './track.ts';

/** How many files one registration may hold. */
export const MAX_BATCH = 200;

const sha256 = v.pipe(
	v.string(),
	v.regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits, lower case')
);

const text = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(500));
/** Characters. */
export const MAX_TRACK_TEXT = 10_000;
export const MAX_CREDITS = 2_000;

const ordinal = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));

/**
 * What a person says about a track, which goes before what its tags say. A field that is absent is as the tags have
 * it; null clears it.
 */
export const Description = v.partial(
	v.object({
		title: v.nullable(text),
		artist: v.nullable(text),
		/** Whose release it is on. */
		albumArtist: v.nullable(text),
		/** The release's title. */
		album: v.nullable(text),
		trackNumber: v.nullable(ordinal(9999)),
		discNumber: v.nullable(ordinal(999)),
		genre: v.nullable(v.pipe(text, v.maxLength(100))),
		/** ISO 8601: a year, a month or a day. */
		date: v.nullable(v.pipe(v.string(), v.regex(/^\d{4}(-\d{2}(-\d{2})?)?$/))),
		/** Its words, or what else is to be read beside it: plain text, in lines. */
		text: v.nullable(v.pipe(v.string(), v.maxLength(MAX_TRACK_TEXT))),
		/** Who did what on it: a line for each role, `Producer: Ada, Bea`. */
		credits: v.nullable(v.pipe(v.string(), v.maxLength(MAX_CREDITS))),
		/** Its places that have names. */
		chapters: v.nullable(Chapters),
		/** What publishing makes of it: `draft` stays one. */
		visibility: v.picklist(VISIBILITIES),
		/** The release's cover, as `POST /api/covers` named it. */
		cover: v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
		/** A cover for the track itself, named so too, where its file has none; its release keeps its own. */
		picture: v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)))
	})
);
export type Description = v.InferOutput<typeof Description>;

/** A file as the client announces it. `key` is the client's own name for it: the same key never makes a second upload. */
export const NewUpload = v.object({
	key: v.pipe(v.string(), v.minLength(1), v.maxLength(300)),
	name: v.pipe(v.string(), v.minLength(1), v.maxLength(1000)),
	/** Folder and name as they were dropped, with forward slashes. Shown and grouped by, never opened. */
	path: v.optional(v.pipe(v.string(), v.maxLength(4000))),
	/** Bytes. */
	size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
	/** What the browser believes the type to be: a hint. */
	type: v.optional(v.pipe(v.string(), v.maxLength(200))),
	/** Milliseconds since 1970. Another than before under the same key is another file, and gets an upload of its own. */
	lastModified: v.optional(v.number()),
	sha256: v.optional(sha256),
	/** A track of this person whose original it becomes: its id, its plays and what was said of it stay. */
	replaces: v.optional(v.pipe(v.string(), v.maxLength(64))),
	description: v.optional(Description)
});
export type NewUpload = v.InferOutput<typeof NewUpload>;

export const RegisterUploads = v.object({
	files: v.pipe(v.array(NewUpload), v.minLength(1), v.maxLength(MAX_BATCH)),
	publish: v.optional(v.boolean())
});
export type RegisterUploads = v.InferOutput<typeof RegisterUploads>;

/** Why a file is refused before a byte moves. */
export const REFUSALS = [
	'empty_file',
	'not_audio',
	'not_used',
	'too_large',
	'quota_exceeded',
	'disk_full'
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Why an upload that arrived did not become a track. */
export const FAILURES = [
	'checksum',
	'empty_file',
	'not_audio',
	'unreadable',
	'no_sound',
	'timeout',
	'limits',
	'protected',
	'cover_unplaced',
	'too_large',
	'poison',
	'expired'
] as const;
export type Failure = (typeof FAILURES)[number];

/** The reason that an error carries as its `code`, or null when it is another kind of error. */
export function failureCode(error: unknown): Failure | null {
	if (typeof error !== 'object' || error === null || !('code' in error)) return null;
	return FAILURES.find((code) => code === error.code) ?? null;
}

export const UPLOAD_STATES = [
	'waiting',
	'sending',
	'received',
	'verifying',
	'processing',
	'ready',
	'duplicate',
	'failed',
	'cancelled'
] as const;
export type UploadState = (typeof UPLOAD_STATES)[number];

const key = v.string();
export const Registered = v.variant('outcome', [
	v.object({
		key,
		outcome: v.literal('accepted'),
		id: v.string(),
		url: v.string(),
		/** A track of this person has its name and size: told its sha256 under the same key, the server knows for sure. */
		mayBeDuplicate: v.optional(v.boolean()),
		/** Only when it needs no more bytes: what became of them. */
		state: v.optional(v.picklist(UPLOAD_STATES)),
		trackId: v.optional(v.string()),
		code: v.optional(v.picklist(FAILURES))
	}),
	v.object({ key, outcome: v.literal('duplicate'), trackId: v.string() }),
	v.object({ key, outcome: v.literal('refused'), code: v.picklist(REFUSALS) })
]);
export type Registered = v.InferOutput<typeof Registered>;

/** The answer to a registration, in the order asked. The token authorises the upload URLs and nothing else. */
export const Registration = v.object({
	token: v.string(),
	expiresAt: v.string(),
	uploads: v.array(Registered)
});
export type Registration = v.InferOutput<typeof Registration>;

/** Bytes may still come. */
export const OPEN_STATES: readonly UploadState[] = ['waiting', 'sending'];
/** The bytes are here, and work on them is not over. */
export const UNFINISHED_STATES: readonly UploadState[] = ['received', 'verifying', 'processing'];

/** An upload as the server knows it. `offset` counts bytes that are safely there. */
export const UploadRecord = v.object({
	id: v.string(),
	key: v.string(),
	name: v.string(),
	path: v.nullable(v.string()),
	size: v.number(),
	/** As it was announced: with name and size it tells whether a file is the one whose bytes are here. */
	lastModified: v.optional(v.number()),
	offset: v.number(),
	state: v.picklist(UPLOAD_STATES),
	trackId: v.optional(v.string()),
	code: v.optional(v.picklist(FAILURES)),
	description: v.optional(Description),
	/** It is, or will be, for everybody as soon as it plays. */
	publish: v.optional(v.boolean())
});
export type UploadRecord = v.InferOutput<typeof UploadRecord>;

/**
 * `GET /api/uploads`: one page of what changed since the cursor `since`, without it everything; ask again with its
 * cursor until it comes back empty. With `open=1` only those whose bytes are not all here; its first page says how many
 * have `arrived` of those that were announced with them: up to a day before the oldest.
 */
export const UploadChanges = v.object({
	cursor: v.string(),
	uploads: v.array(UploadRecord),
	arrived: v.optional(v.number())
});
export type UploadChanges = v.InferOutput<typeof UploadChanges>;

/** `PATCH /api/uploads`: what is said goes over what was said before, also of uploads that are tracks already. */
export const DescribeUploads = v.object({
	uploads: v.pipe(
		v.array(v.object({ id: v.string(), description: Description })),
		v.minLength(1),
		v.maxLength(MAX_BATCH)
	)
});
export type DescribeUploads = v.InferOutput<typeof DescribeUploads>;

/** `POST /api/uploads/publish`: each becomes what its description says, else public, as soon as it plays; `false` makes drafts of them again. */
export const PublishUploads = v.object({
	ids: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(MAX_BATCH)),
	publish: v.boolean()
});
export type PublishUploads = v.InferOutput<typeof PublishUploads>;

/** `GET /api/uploads/drafts`: uploads that play for their artist alone, and would be for everybody when published. */
export const DraftUploads = v.object({ ids: v.array(v.string()) });
export type DraftUploads = v.InferOutput<typeof DraftUploads>;

/** The answer to `POST /api/covers`, whose body is the picture. */
export const StoredCover = v.object({
	cover: v.string(),
	coverUrl: v.string(),
	/** CSS colour taken from it. */
	coverColor: v.string()
});
export type StoredCover = v.InferOutput<typeof StoredCover>;
