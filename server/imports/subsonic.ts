import type { SubsonicOrder } from '#contracts/import';
import { download } from './download.ts';
import {
	MAX_ITEMS,
	MAX_PAGE,
	type Fetched,
	type ListedItem,
	type ListedPlaylist,
	type Resume
} from './items.ts';
import type { FetchItem, OpenSource, Source, SourceContext } from './source.ts';
import { SourceError } from './source-error.ts';
import { failureIn, type Album, type Song } from './subsonic-answers.ts';
import { baseOf, NOT_ALLOWED, refusal, SubsonicClient } from './subsonic-client.ts';

/** The most that the API gives in one answer. */
const ALBUMS_AT_ONCE = 500;
/** So a page is written down before the next few hundred requests. */
const UNITS_A_PAGE = 25;

/** What songs are listed by. */
interface Unit {
	kind: 'album' | 'playlist';
	id: string;
	/** Known beforehand; 0 where nobody says. */
	songs: number;
	/** Whether a picture comes after them. */
	hasCover: boolean;
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
	readonly #client: SubsonicClient;
	#units: Unit[] = [];
	/** Some let their people listen and not download. */
	#stream = false;

	constructor(order: SubsonicOrder, context: SourceContext) {
		this.#order = order;
		this.#context = context;
		this.#client = new SubsonicClient(order, context);
	}

	async open(): Promise<OpenSource> {
		this.#units = await this.#find();
		const total = this.#units.reduce(
			(sum, { songs, hasCover }) => sum + songs + Number(hasCover),
			0
		);
		if (total > MAX_ITEMS) throw new SourceError('too_many_items', 'source');
		return {
			isOneServer: true,
			list: (cursor) => this.#list(cursor, total),
			fetch: (item, resume) => this.#fetch(item, resume),
			playlists: () => this.#playlists()
		};
	}

	async #find(): Promise<Unit[]> {
		const { artists = [], albums = [], playlists = [] } = this.#order;
		const units: Unit[] = [];
		if (artists.length + albums.length + playlists.length === 0) return this.#allAlbums();
		const unit = (kind: Unit['kind'], id: string) =>
			units.push({ kind, id, songs: 0, hasCover: false });
		for (const artist of artists) {
			const found = await this.#client.ask('getArtist', { id: artist });
			units.push(...found.artist.album.map(toUnit));
		}
		for (const id of albums) unit('album', id);
		for (const id of playlists) unit('playlist', id);
		return units;
	}

	async #allAlbums(): Promise<Unit[]> {
		const units: Unit[] = [];
		for (;;) {
			const { albumList2 } = await this.#client.ask('getAlbumList2', {
				...{ type: 'alphabeticalByName', size: String(ALBUMS_AT_ONCE) },
				offset: String(units.length)
			});
			units.push(...albumList2.album.map(toUnit));
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
			const all = await this.#itemsOf(unit);
			const room = MAX_PAGE - items.length;
			items.push(...all.slice(song, song + room));
			if (all.length > song + room) {
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

	/** The songs of an album or a playlist, and behind them the pictures of their folders. */
	async #itemsOf({ kind, id }: Unit): Promise<ListedItem[]> {
		const { songs, cover } =
			kind === 'album' ? await this.#album(id) : { songs: (await this.#playlist(id)).entry };
		const music = songs.filter(({ isDir, isVideo }) => !isDir && !isVideo);
		const items = music.map(toItem);
		const covers = new Map<string, string>();
		for (const [at, { path }] of items.entries()) {
			const [folder] = /^.+(?=\/)/.exec(path ?? '') ?? [];
			const art = cover ?? music[at]?.coverArt;
			if (folder !== undefined && art !== undefined && !covers.has(folder)) covers.set(folder, art);
		}
		return [...items, ...Array.from(covers, ([folder, art]) => coverItem(folder, art))];
	}

	async #album(id: string) {
		const { album } = await this.#client.ask('getAlbum', { id });
		return { songs: album.song, cover: album.coverArt };
	}

	async #playlist(id: string) {
		const { playlist } = await this.#client.ask('getPlaylist', { id });
		return playlist;
	}

	/** Those that were chosen; with the whole library all of them. */
	async *#playlists(): AsyncGenerator<ListedPlaylist> {
		for (const chosen of await this.#playlistIds()) {
			const { id, name, comment, entry } = await this.#playlist(chosen);
			const items = entry.map((song) => song.id);
			yield { sourceId: id, name, ...(comment !== undefined && { text: comment }), items };
		}
	}

	async #playlistIds(): Promise<readonly string[]> {
		const { artists = [], albums = [], playlists = [] } = this.#order;
		if (artists.length + albums.length + playlists.length > 0) return playlists;
		try {
			const found = await this.#client.ask('getPlaylists', {});
			return found.playlists.playlist.map(({ id }) => id);
		} catch (error) {
			// Not every server has them, and nobody asked for them by name.
			if (!(error instanceof SourceError) || error.scope === 'later') throw error;
			this.#context.log.info('playlists not listed', { error });
			return [];
		}
	}

	async #fetch(item: FetchItem, resume: Resume): Promise<Fetched> {
		const { outgoing, signal } = this.#context;
		const url = this.#addressOf(item);
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
		if (code === NOT_ALLOWED && !this.#stream && item.locator === null) {
			this.#stream = true;
			return this.#fetch(item, { offset: 0, ifRange: null });
		}
		throw refusal(code, 'item');
	}

	#addressOf({ sourceId: id, locator }: FetchItem): URL {
		if (locator !== null) return this.#client.urlOf('getCoverArt', { id: locator });
		return this.#stream
			? this.#client.urlOf('stream', { id, format: 'raw' })
			: this.#client.urlOf('download', { id });
	}
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

const toUnit = ({ id, songCount, coverArt }: Album): Unit => ({
	...{ kind: 'album', id, songs: songCount, hasCover: coverArt !== undefined }
});

/** A picture beside the songs, as people keep them: it is for those releases that have none. */
function coverItem(folder: string, art: string): ListedItem {
	return {
		sourceId: `cover ${folder}`.slice(0, 1_000),
		...{ name: 'cover.jpg', path: `${folder}/cover.jpg`, type: 'image/jpeg', locator: art }
	};
}
