import * as v from 'valibot';
import { Track } from './track.ts';

export const PLAYLIST_VISIBILITIES = ['public', 'unlisted', 'private'] as const;
export type PlaylistVisibility = (typeof PLAYLIST_VISIBILITIES)[number];

/** Items of one playlist; more are refused as `playlist_full`. */
export const MAX_PLAYLIST_ITEMS = 10_000;
export const MAX_PLAYLIST_NAME = 200;
export const MAX_PLAYLIST_TEXT = 2_000;
/** Items of one answer. */
export const PLAYLIST_PAGE = 200;

const Id = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const Version = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const Name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(MAX_PLAYLIST_NAME));
const Text = v.pipe(v.string(), v.trim(), v.maxLength(MAX_PLAYLIST_TEXT));
const Visibility = v.picklist(PLAYLIST_VISIBILITIES);
const Several = v.pipe(v.array(Id), v.maxLength(MAX_PLAYLIST_ITEMS));
/** Moves are decided one after the other, unlike the rest. */
const MAX_MOVES = 200;

export const NewPlaylist = v.object({
	name: Name,
	text: v.optional(Text, ''),
	visibility: v.optional(Visibility, 'private'),
	isOpen: v.optional(v.boolean(), false)
});
export type NewPlaylist = v.InferOutput<typeof NewPlaylist>;

/**
 * What changes, against the version that was seen. All of it happens or nothing does; what cannot contradict what
 * others did meanwhile happens on an older version too.
 */
export const PlaylistChange = v.object({
	version: Version,
	name: v.optional(Name),
	text: v.optional(Text),
	visibility: v.optional(Visibility),
	isOpen: v.optional(v.boolean()),
	/** Tracks, for the end; those that are not here are left out. */
	add: v.optional(Several),
	/** Where one of `add` is here already, nothing happens, and the answer says which. */
	once: v.optional(v.boolean()),
	/** Items. What is gone already is gone. */
	remove: v.optional(Several),
	/** Items that were removed within the last day, to where they were. */
	restore: v.optional(Several),
	/** Items, each to behind another; null is the beginning. */
	move: v.optional(
		v.pipe(
			v.array(v.object({ itemId: Id, after: v.nullable(Id) })),
			v.maxLength(MAX_MOVES),
			v.check((moves) => moves.every(({ itemId, after }) => itemId !== after))
		)
	)
});
export type PlaylistChange = v.InferOutput<typeof PlaylistChange>;

/** The answer to a change. */
export const PlaylistChanged = v.object({
	version: v.number(),
	/** The version that was changed: another one than was sent when somebody else was there first. */
	base: v.number(),
	/** New items in the order of `add`. */
	added: v.array(v.object({ itemId: v.string(), trackId: v.string() })),
	/** Tracks that were to be added `once`, and are here already. */
	there: v.array(v.string())
});
export type PlaylistChanged = v.InferOutput<typeof PlaylistChanged>;

export const PlaylistItem = v.object({
	id: v.string(),
	/** Null for what is no longer here; only the keeper is told of it. */
	track: v.nullable(Track),
	/** What it was called when it was added. */
	title: v.string(),
	artist: v.string()
});
export type PlaylistItem = v.InferOutput<typeof PlaylistItem>;

export const Playlist = v.object({
	id: v.string(),
	slug: v.string(),
	name: v.string(),
	text: v.string(),
	visibility: Visibility,
	version: v.number(),
	/** Of all that were put in, whether or not their tracks are still here. */
	itemCount: v.number(),
	/** Name of the person who keeps it. */
	keeper: v.string(),
	/** Whether whoever asks keeps it, and may change all of it. */
	isOwn: v.boolean(),
	/** Whoever sees it and is signed in may change what is in it, unless it is private. */
	isOpen: v.boolean(),
	/** Whether whoever asks may change what is in it. */
	mayChange: v.boolean(),
	/** Whether whoever asks has it among their own without keeping it. */
	hasJoined: v.boolean(),
	/** Up to four, for a picture of it. */
	coverUrls: v.array(v.string()),
	/** ISO 8601. */
	changedAt: v.string()
});
export type Playlist = v.InferOutput<typeof Playlist>;

/** A playlist with a part of its items; `next` is the cursor of the following part. */
export const PlaylistPage = v.object({
	...Playlist.entries,
	items: v.array(PlaylistItem),
	next: v.nullable(v.string())
});
export type PlaylistPage = v.InferOutput<typeof PlaylistPage>;

export const PlaylistList = v.object({
	playlists: v.array(Playlist),
	next: v.nullable(v.string())
});
export type PlaylistList = v.InferOutput<typeof PlaylistList>;
