import * as v from 'valibot';
import { IMPORT_FAILURES, SubsonicOrder } from './import.ts';

/** More than these of one kind are cut, and the answer says so. */
export const MOST_CHOICES = 20_000;
/** So many of one kind an order may name. */
export const MOST_CHOSEN = 1_000;

/**
 * `POST /api/imports/choices`: what there is to choose from at a Subsonic server. Its artists and playlists, or with
 * `artist` the albums of that one. Nothing of it is kept.
 */
export const AskChoices = v.object({
	...v.pick(SubsonicOrder, ['source', 'url', 'username', 'password']).entries,
	artist: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200)))
});
export type AskChoices = v.InferOutput<typeof AskChoices>;

/** What an order names it by, and what people do. Names are a stranger's: text, never markup. */
export const ImportChoice = v.object({
	id: v.string(),
	name: v.string(),
	/** Albums of an artist, songs of an album or a playlist; absent where the server does not say. */
	count: v.optional(v.number()),
	/** Of an album. */
	year: v.optional(v.number())
});
export type ImportChoice = v.InferOutput<typeof ImportChoice>;

export const ImportChoices = v.object({
	artists: v.array(ImportChoice),
	albums: v.array(ImportChoice),
	playlists: v.array(ImportChoice),
	/** There are more than these. */
	isCut: v.boolean()
});
export type ImportChoices = v.InferOutput<typeof ImportChoices>;

/** What a problem `source_refused` says besides: why the other server gave nothing. */
export const SourceRefused = v.object({
	code: v.literal('source_refused'),
	reason: v.picklist(IMPORT_FAILURES)
});
