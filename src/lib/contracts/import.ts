import * as v from 'valibot';
import { FileMakerOrder } from './import-filemaker.ts';
import { FolderOrder } from './import-folder.ts';
import { ZipOrder } from './import-zip.ts';
import { FAILURES, REFUSALS } from './upload.ts';

const MAX_LIST_CHARACTERS = 1_000_000;

const address = v.pipe(v.string(), v.trim(), v.maxLength(2000), v.regex(/^https?:\/\//i), v.url());
const ids = v.optional(
	v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(200))), v.maxLength(1000))
);
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_LIST_CHARACTERS));
const publish = v.optional(v.boolean());

/** A Subsonic or OpenSubsonic server. Without a choice its whole library. */
export const SubsonicOrder = v.object({
	source: v.literal('subsonic'),
	url: address,
	username: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
	password: v.pipe(v.string(), v.maxLength(1000)),
	artists: ids,
	albums: ids,
	playlists: ids,
	publish
});
export type SubsonicOrder = v.InferOutput<typeof SubsonicOrder>;

/** RSS or Atom, by its address or its text. */
export const FeedOrder = v.object({
	source: v.literal('feed'),
	url: v.optional(address),
	text: v.optional(text),
	publish
});
export type FeedOrder = v.InferOutput<typeof FeedOrder>;

/** Addresses one a line, M3U, PLS or XSPF: the list itself, or where it lies. */
export const UrlsOrder = v.object({
	source: v.literal('urls'),
	url: v.optional(address),
	text: v.optional(text),
	publish
});
export type UrlsOrder = v.InferOutput<typeof UrlsOrder>;

/** `POST /api/imports`. Answered by 202 and `StartedImport` before anything is asked of the source. */
export const ImportOrder = v.pipe(
	v.variant('source', [SubsonicOrder, FeedOrder, UrlsOrder, FolderOrder, FileMakerOrder, ZipOrder]),
	v.check(
		(order) =>
			(order.source !== 'feed' && order.source !== 'urls') ||
			(order.url === undefined) !== (order.text === undefined),
		'either url or text'
	)
);
export type ImportOrder = v.InferOutput<typeof ImportOrder>;

const IMPORT_SOURCES = ['subsonic', 'feed', 'urls', 'folder', 'filemaker', 'zip'] as const;
export type ImportSource = (typeof IMPORT_SOURCES)[number];

export const StartedImport = v.object({ id: v.string(), url: v.string() });
export type StartedImport = v.InferOutput<typeof StartedImport>;

export const IMPORT_STATES = [
	'queued',
	'running',
	'paused',
	'done',
	'failed',
	'cancelled'
] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

/** Why an import, or one item of it, could not go on. Whatever did not let us in is `unreachable`, never more. */
export const IMPORT_FAILURES = [
	'unreachable',
	'wrong_credentials',
	'not_allowed',
	'not_there',
	'rate_limited',
	'source_failed',
	'not_understood',
	'timeout',
	'too_many_redirects',
	'too_large',
	'too_many_items',
	'wrong_length',
	'bomb',
	'unsafe_archive',
	'encrypted',
	'changed_meanwhile',
	'password_needed',
	'unexpected'
] as const;
export type ImportFailure = (typeof IMPORT_FAILURES)[number];

export const IMPORT_ITEM_STATES = [
	'waiting',
	'fetching',
	'processing',
	'ready',
	'duplicate',
	'failed'
] as const;
export type ImportItemState = (typeof IMPORT_ITEM_STATES)[number];

/** An import as its person sees it. */
export const ImportRecord = v.object({
	id: v.string(),
	source: v.picklist(IMPORT_SOURCES),
	/** What people know the source by: its host, its title, its file's name. */
	label: v.string(),
	state: v.picklist(IMPORT_STATES),
	/** In line while it is queued; 1 is next. */
	position: v.optional(v.number()),
	/** A guess at when its turn comes. */
	startsInSeconds: v.optional(v.number()),
	/** In words: what it waits for now. */
	waitingFor: v.optional(v.string()),
	/** Why it failed. */
	code: v.optional(v.picklist(IMPORT_FAILURES)),
	items: v.object({
		/** Absent until the source has been listed to its end, or has said it. */
		total: v.optional(v.number()),
		done: v.number(),
		skipped: v.number(),
		failed: v.number()
	}),
	/** Bytes that came, over all of its runs. */
	bytes: v.number(),
	/** While it runs. */
	bytesPerSecond: v.optional(v.number()),
	secondsLeft: v.optional(v.number()),
	publish: v.boolean(),
	/** Of the source, that are playlists of this person now. */
	playlists: v.optional(v.number()),
	/** Looks again by itself when something changes at its place. */
	watching: v.optional(v.literal(true)),
	/** Of files that are to be kept where they lie, as they were found last. */
	kept: v.optional(
		v.object({
			/** They lie on the disk once. */
			shared: v.number(),
			/** The disk could not do that: they lie there twice. */
			copied: v.number(),
			/** Of the shared ones: written to by somebody, so that the portal's are others too. */
			altered: v.number(),
			/** Of the shared ones: no longer where they lay. The portal has them still. */
			gone: v.number()
		})
	),
	/** ISO 8601. */
	createdAt: v.string(),
	endedAt: v.optional(v.string())
});
export type ImportRecord = v.InferOutput<typeof ImportRecord>;

/** `GET /api/imports`: one's own, newest first. */
export const ImportList = v.object({ imports: v.array(ImportRecord) });
export type ImportList = v.InferOutput<typeof ImportList>;

/** `PATCH /api/imports/:id`. `unwatch`: it does not look again by itself any more. A password is forgotten when an import ends, so trying again needs it anew. */
export const ChangeImport = v.object({
	action: v.picklist(['pause', 'resume', 'cancel', 'retry', 'unwatch']),
	password: v.optional(v.pipe(v.string(), v.maxLength(1000)))
});
export type ChangeImport = v.InferOutput<typeof ChangeImport>;

export const ImportItem = v.object({
	id: v.number(),
	name: v.string(),
	state: v.picklist(IMPORT_ITEM_STATES),
	code: v.optional(v.picklist([...IMPORT_FAILURES, ...FAILURES, ...REFUSALS])),
	trackId: v.optional(v.string()),
	uploadId: v.optional(v.string())
});
export type ImportItem = v.InferOutput<typeof ImportItem>;
export type ItemFailure = NonNullable<ImportItem['code']>;

/** `GET /api/imports/:id/items?state=&after=`: up to 100, by id. */
export const ImportItems = v.object({
	items: v.array(ImportItem),
	next: v.nullable(v.number())
});
export type ImportItems = v.InferOutput<typeof ImportItems>;
