import * as v from 'valibot';
import { SourceError } from './source-error.ts';

const Id = v.pipe(v.union([v.string(), v.number()]), v.transform(String));
const Song = v.object({
	id: Id,
	title: v.optional(v.string()),
	artist: v.optional(v.string()),
	album: v.optional(v.string()),
	path: v.optional(v.string()),
	suffix: v.optional(v.string()),
	contentType: v.optional(v.string()),
	size: v.optional(v.number()),
	created: v.optional(v.string()),
	coverArt: v.optional(Id),
	isDir: v.optional(v.boolean()),
	isVideo: v.optional(v.boolean())
});
export type Song = v.InferOutput<typeof Song>;
const Songs = v.optional(v.array(Song), []);
const Album = v.object({
	id: Id,
	name: v.optional(v.string(), ''),
	songCount: v.optional(v.number(), 0),
	year: v.optional(v.number()),
	coverArt: v.optional(Id)
});
export type Album = v.InferOutput<typeof Album>;
const Albums = v.optional(v.array(Album), []);
const Playlist = v.object({
	id: Id,
	name: v.optional(v.string(), ''),
	comment: v.optional(v.string()),
	entry: Songs
});

const Artist = v.object({
	id: Id,
	name: v.optional(v.string(), ''),
	albumCount: v.optional(v.number())
});

const ListedPlaylist = v.object({
	id: Id,
	name: v.optional(v.string(), ''),
	songCount: v.optional(v.number())
});

/** What is read of the answers of the Subsonic API, by method. */
const ANSWERS = {
	getArtists: v.object({
		artists: v.object({
			index: v.optional(v.array(v.object({ artist: v.optional(v.array(Artist), []) })), [])
		})
	}),
	getArtist: v.object({ artist: v.object({ album: Albums }) }),
	getAlbumList2: v.object({ albumList2: v.object({ album: Albums }) }),
	getAlbum: v.object({ album: v.object({ song: Songs, coverArt: v.optional(Id) }) }),
	getPlaylist: v.object({ playlist: Playlist }),
	getPlaylists: v.object({
		playlists: v.object({ playlist: v.optional(v.array(ListedPlaylist), []) })
	})
} as const;
export type Method = keyof typeof ANSWERS;
export type AnswerOf<Name extends Method> = v.InferOutput<(typeof ANSWERS)[Name]>;

const Envelope = v.object({
	'subsonic-response': v.looseObject({
		status: v.string(),
		error: v.optional(v.object({ code: v.number() }))
	})
});

/** @throws SourceError not_understood */
export function readAnswer(method: Method, text: string): { failed: number } | { found: unknown } {
	const envelope = v.safeParse(Envelope, json(text));
	if (!envelope.success) throw new SourceError('not_understood', 'source');
	const { 'subsonic-response': answer } = envelope.output;
	if (answer.status !== 'ok') return { failed: answer.error?.code ?? 0 };
	const { success, output } = v.safeParse(ANSWERS[method], answer);
	if (!success) throw new SourceError('not_understood', 'source');
	return { found: output };
}

/** The code of an answer that should have been a file; null when it says none. */
export function failureIn(text: string): number | null {
	const envelope = v.safeParse(Envelope, json(text));
	if (envelope.success) return envelope.output['subsonic-response'].error?.code ?? null;
	const [, code] = /<error[^>]*\scode="(\d+)"/.exec(text) ?? [];
	return code === undefined ? null : Number(code);
}

function json(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null; // a page of a proxy, or XML
	}
}
