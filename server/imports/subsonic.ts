import { createHash, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { SubsonicOrder } from '#contracts/import';
import { download } from './download.ts';
import {
	MAX_ITEMS,
	MAX_PAGE,
	SourceError,
	type Fetched,
	type ListedItem,
	type OpenSource,
	type Resume,
	type Source,
	type SourceContext
} from './source.ts';

/** The newest of the Subsonic API, which OpenSubsonic servers speak too. */
const VERSION = '1.16.1';
const CLIENT = 'segue';
/** The most that the API gives in one answer. */
const ALBUMS_AT_ONCE = 500;
/** So a page is written down before the next few hundred requests. */
const UNITS_A_PAGE = 25;
const MAX_ANSWER_BYTES = 20 * 1024 * 1024;
/** Tokens are newer than some servers: to them `p` is missing (10), others say so (41, 42). */
const NO_TOKENS = [10, 41, 42];
const NOT_ALLOWED = 50;

const id = v.pipe(v.union([v.string(), v.number()]), v.transform(String));
const Song = v.object({
	id,
	title: v.optional(v.string()),
	artist: v.optional(v.string()),
	album: v.optional(v.string()),
	path: v.optional(v.string()),
	suffix: v.optional(v.string()),
	contentType: v.optional(v.string()),
	size: v.optional(v.number()),
	created: v.optional(v.string()),
	isDir: v.optional(v.boolean()),
	isVideo: v.optional(v.boolean())
});
type Song = v.InferOutput<typeof Song>;
const Albums = v.optional(v.array(v.object({ id, songCount: v.optional(v.number(), 0) })), []);
const Failed = v.object({ code: v.number() });
const Envelope = v.object({
	'subsonic-response': v.looseObject({ status: v.string(), error: v.optional(Failed) })
});

/** What songs are listed by. */
interface Unit {
	kind: 'album' | 'playlist';
	id: string;
	songs: number;
}

/** Where listing stands. */
interface Cursor {
	unit: number;
	id: string;
	song: number;
}

/**
 * A Subsonic or OpenSubsonic server. Its files are taken as they are, and their tags are believed before what the
 * server made of them.
 */
export const subsonic: Source<'subsonic'> = {
	place: (order) => `${baseOf(order.url)}\n${order.username}`,
	label: (order) => new URL(order.url).host,
	secrets: ['password'],
	open: async (order, context) => new Subsonic(order, context).open()
};

class Subsonic {
	readonly #order: SubsonicOrder;
	readonly #context: SourceContext;
	#units: Unit[] = [];
	/** Some servers keep passwords where no token can be made of them. */
	#plain = false;
	/** Some let their people listen and not download. */
	#stream = false;

	constructor(order: SubsonicOrder, context: SourceContext) {
		this.#order = order;
		this.#context = context;
	}

	async open(): Promise<OpenSource> {
		this.#units = await this.#find();
		const total = this.#units.reduce((sum, { songs }) => sum + songs, 0);
		if (total > MAX_ITEMS) throw new SourceError('too_many_items', 'source');
		return {
			isOneServer: true,
			list: (cursor) => this.#list(cursor, total),
			fetch: (item, resume) => this.#fetch(item.sourceId, resume)
		};
	}

	async #find(): Promise<Unit[]> {
		const { artists = [], albums = [], playlists = [] } = this.#order;
		const units: Unit[] = [];
		if (artists.length + albums.length + playlists.length === 0) return this.#allAlbums();
		const unit = (kind: Unit['kind'], { id, songCount }: { id: string; songCount: number }) =>
			units.push({ kind, id, songs: songCount });
		for (const artist of artists) {
			const found = await this.#ask(
				'getArtist',
				{ id: artist },
				v.object({ artist: v.object({ album: Albums }) })
			);
			for (const album of found.artist.album) unit('album', album);
		}
		for (const id of albums) unit('album', { id, songCount: 0 });
		for (const id of playlists) unit('playlist', { id, songCount: 0 });
		return units;
	}

	async #allAlbums(): Promise<Unit[]> {
		const units: Unit[] = [];
		for (;;) {
			const { albumList2 } = await this.#ask(
				'getAlbumList2',
				{
					type: 'alphabeticalByName',
					size: String(ALBUMS_AT_ONCE),
					offset: String(units.length)
				},
				v.object({ albumList2: v.object({ album: Albums }) })
			);
			for (const { id, songCount } of albumList2.album) {
				units.push({ kind: 'album', id, songs: songCount });
			}
			if (albumList2.album.length < ALBUMS_AT_ONCE) return units;
			if (units.length > MAX_ITEMS) throw new SourceError('too_many_items', 'source');
		}
	}

	async #list(given: string | null, total: number) {
		const from: Cursor = given ? (JSON.parse(given) as Cursor) : { unit: 0, id: '', song: 0 };
		// After a restart the server may list other albums before it.
		const found = this.#units.findIndex(({ id }) => id === from.id);
		let at = found >= 0 ? found : from.unit;
		let song = from.song;
		const items: ListedItem[] = [];
		for (const last = at + UNITS_A_PAGE; at < this.#units.length && at < last; at += 1) {
			const unit = this.#units[at];
			if (!unit) break;
			const songs = await this.#songsOf(unit);
			const room = MAX_PAGE - items.length;
			items.push(...songs.slice(song, song + room).map(toItem));
			if (songs.length > song + room) {
				song += room;
				break;
			}
			song = 0;
		}
		const next = this.#units[at];
		const cursor: Cursor | null = next ? { unit: at, id: next.id, song } : null;
		const isCounted = this.#units.every(({ songs }) => songs > 0);
		return { items, next: cursor && JSON.stringify(cursor), ...(isCounted && { total }) };
	}

	async #songsOf({ kind, id }: Unit): Promise<Song[]> {
		const Songs = v.optional(v.array(Song), []);
		const songs =
			kind === 'album'
				? (await this.#ask('getAlbum', { id }, v.object({ album: v.object({ song: Songs }) })))
						.album.song
				: (
						await this.#ask(
							'getPlaylist',
							{ id },
							v.object({ playlist: v.object({ entry: Songs }) })
						)
					).playlist.entry;
		return songs.filter(({ isDir, isVideo }) => !isDir && !isVideo);
	}

	async #fetch(songId: string, resume: Resume): Promise<Fetched> {
		const { outgoing, signal } = this.#context;
		const url = this.#stream
			? this.#urlOf('stream', { id: songId, format: 'raw' })
			: this.#urlOf('download', { id: songId });
		const fetched = await download(outgoing, url, resume, { signal });
		// A refusal comes as 200 with a message.
		if (!/^(application\/json|text\/|application\/xml)/i.test(fetched.type ?? '')) return fetched;
		const chunks: Buffer[] = [];
		let length = 0;
		for await (const chunk of fetched.body as AsyncIterable<Buffer>) {
			length += chunk.length;
			if (length > 64 * 1024) break;
			chunks.push(chunk);
		}
		const code = failureIn(Buffer.concat(chunks).toString('utf8'));
		if (code === NOT_ALLOWED && !this.#stream) {
			this.#stream = true;
			return this.#fetch(songId, { offset: 0, ifRange: null });
		}
		throw refusal(code, 'item');
	}

	async #ask<Schema extends v.GenericSchema>(
		method: string,
		parameters: Record<string, string>,
		schema: Schema
	): Promise<v.InferOutput<Schema>> {
		const { outgoing, signal } = this.#context;
		const url = this.#urlOf(method, parameters);
		const { text } = await outgoing.text(url, { signal, maxBytes: MAX_ANSWER_BYTES });
		const envelope = v.safeParse(Envelope, json(text));
		if (!envelope.success) throw new SourceError('not_understood', 'source');
		const { 'subsonic-response': answer } = envelope.output;
		if (answer.status !== 'ok') {
			if (NO_TOKENS.includes(answer.error?.code ?? 0) && !this.#plain) {
				this.#plain = true;
				return this.#ask(method, parameters, schema);
			}
			throw refusal(answer.error?.code ?? null, 'source');
		}
		const { success, output } = v.safeParse(schema, answer);
		if (!success) throw new SourceError('not_understood', 'source');
		return output;
	}

	#urlOf(method: string, parameters: Record<string, string>): URL {
		const { username, password } = this.#order;
		const salt = randomBytes(8).toString('hex');
		const token = createHash('md5')
			.update(password + salt)
			.digest('hex');
		const url = new URL(`${baseOf(this.#order.url)}/rest/${method}.view`);
		url.search = new URLSearchParams({
			...parameters,
			u: username,
			...(this.#plain
				? { p: `enc:${Buffer.from(password).toString('hex')}` }
				: { t: token, s: salt }),
			v: VERSION,
			c: CLIENT,
			f: 'json'
		}).toString();
		return url;
	}
}

/** People copy the address of a page, or of the API. */
function baseOf(address: string): string {
	const url = new URL(address);
	const path = url.pathname.replace(/\/+$/, '').replace(/\/(rest|app)$/, '');
	return url.origin + path;
}

function json(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null; // a page of a proxy, or XML
	}
}

function failureIn(text: string): number | null {
	const envelope = v.safeParse(Envelope, json(text));
	if (envelope.success) return envelope.output['subsonic-response'].error?.code ?? null;
	const [, code] = /<error[^>]*\scode="(\d+)"/.exec(text) ?? [];
	return code === undefined ? null : Number(code);
}

/** The codes of the Subsonic API. */
function refusal(code: number | null, scope: 'item' | 'source'): SourceError {
	if (code === 40 || code === 41 || code === 42 || code === 44)
		return new SourceError('wrong_credentials', 'source');
	if (code === NOT_ALLOWED || code === 60) return new SourceError('not_allowed', scope);
	if (code === 70) return new SourceError('not_there', scope);
	return new SourceError('source_failed', scope);
}

function toItem(song: Song): ListedItem {
	const { id, title = 'Untitled', artist, album, path, suffix, contentType, size, created } = song;
	const name = path?.split(/[\\/]/).at(-1) || `${title}${suffix ? `.${suffix}` : ''}`;
	const folders = [artist, album].flatMap((folder) => folder?.replaceAll(/[\\/]/g, ' ') ?? []);
	return {
		sourceId: id,
		name,
		path: path ?? [...folders, name].join('/'),
		changed: `${size ?? ''} ${created ?? ''}`.trim(),
		...(size !== undefined && { size }),
		...(contentType !== undefined && { type: contentType })
	};
}
