import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Person } from '#contracts/account';
import type { Chapter } from '#contracts/chapter';
import { PLAYLIST_PAGE, type Playlist, type PlaylistItem } from '#contracts/playlist';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { HeldRelease, HeldTrack } from '../catalogue/holdings.ts';
import { endingOf, safePart, UniqueNames } from './file-names.ts';
import type { ZipFile } from './zip.ts';

/** A file of an archive and where its bytes come from. */
export interface ArchiveFile extends ZipFile {
	source:
		| { kind: 'bytes'; bytes: Buffer }
		/** `path` is below the storage folder; `sha256` is null for what is no original. */
		| { kind: 'file'; path: string; sha256: string | null };
}

export interface Contents {
	files: ArchiveFile[];
	/** The same exactly when the archive is the same. */
	fingerprint: string;
}

export interface ContentsOptions {
	holdings: Pick<Catalogue['holdings'], 'page' | 'ofRelease'>;
	playlists: Pick<Catalogue['playlists'], 'page' | 'read'>;
	chapters: Pick<Catalogue['chapters'], 'ofTracks'>;
	/** Bytes of a file below the storage folder, or null when it is not there. */
	sizeOf: (path: string) => Promise<number | null>;
	originalPath: (sha256: string) => string;
	/** The largest drawing of a cover that programs outside of browsers show. */
	coverPath: (hash: string) => string;
}

/** Rows read at once; pages and sockets get their turn in between. */
const PAGE = 200;
/** More than any release has. */
const MOST_OF_RELEASE = 2_000;
const MANIFEST = 'segue.json';
/** Increases when somebody who reads the old one would misread the new one. */
const MANIFEST_VERSION = 1;

interface Gathered {
	files: ArchiveFile[];
	/** One JSON object for each track, and for each release. */
	tracks: string[];
	releases: string[];
}

/** Decides what is in an archive and under which names. The same library gives the same archive, whenever it is asked for. */
export class ContentsReader {
	readonly #options: ContentsOptions;

	constructor(options: ContentsOptions) {
		this.#options = options;
	}

	/** Everything of a person: originals in folders, covers, and a manifest of all that was said of them. */
	async ofPerson(person: Person): Promise<Contents> {
		const collection = new Collection(this.#options);
		let after: HeldTrack | null = null;
		for (;;) {
			const page: HeldTrack[] = await this.#options.holdings.page(person.id, after, PAGE);
			const chapters = await this.#options.chapters.ofTracks(page.map(({ id }) => id));
			for (const track of page) {
				await collection.add(track, { isWhole: true, chapters: chapters.get(track.id) ?? [] });
			}
			after = page.at(-1) ?? null;
			if (page.length < PAGE) break;
			await nextTurn();
		}
		const playlists = await this.#playlistsOf(person, collection.fileOf);
		const { files, tracks, releases } = collection.gathered;
		const bytes = Buffer.from(
			`{\n"format": "segue-export",\n"version": ${MANIFEST_VERSION},\n` +
				`"person": ${JSON.stringify({ id: person.id, name: person.name, email: person.email })},\n` +
				`"releases": [\n${releases.join(',\n')}\n],\n"tracks": [\n${tracks.join(',\n')}\n],\n` +
				`"playlists": [\n${playlists.join(',\n')}\n]\n}\n`
		);
		const manifest: ArchiveFile = {
			name: MANIFEST,
			size: bytes.length,
			modified: files[0]?.modified ?? 0,
			source: { kind: 'bytes', bytes }
		};
		return sealed([manifest, ...files]);
	}

	/** What a person keeps, one JSON object for each. Of others' tracks only what they are called is known. */
	async #playlistsOf(
		person: Person,
		fileOf: (trackId: string) => string | null
	): Promise<string[]> {
		const { playlists } = this.#options;
		const lines: string[] = [];
		for (let cursor: string | null = null; ;) {
			const page = await playlists.page(person, { limit: PLAYLIST_PAGE, cursor });
			for (const playlist of page.playlists) {
				const items = await this.#itemsOf(playlist, person);
				const { name, text, visibility, changedAt } = playlist;
				const tracks = items.map(({ track, title, artist }) => ({
					...{ file: track && fileOf(track.id), trackId: track?.id ?? null, title, artist }
				}));
				lines.push(JSON.stringify({ name, text, visibility, changedAt, tracks }));
			}
			cursor = page.next;
			if (cursor === null) return lines;
			await nextTurn();
		}
	}

	async #itemsOf({ id }: Playlist, person: Person): Promise<PlaylistItem[]> {
		const items: PlaylistItem[] = [];
		for (let cursor: string | null = null; ;) {
			const asked = { limit: PLAYLIST_PAGE, cursor };
			const page = await this.#options.playlists.read({ id }, person, asked);
			items.push(...(page?.items ?? []));
			cursor = page?.next ?? null;
			if (cursor === null) return items;
			await nextTurn();
		}
	}

	/** One release with its cover, as people buy it. `isWhole` adds what only its artist sees. */
	async ofRelease(releaseId: string, { isWhole }: { isWhole: boolean }): Promise<Contents> {
		const collection = new Collection(this.#options);
		const { holdings } = this.#options;
		for (const track of await holdings.ofRelease(releaseId, isWhole, MOST_OF_RELEASE)) {
			await collection.add(track, { isWhole: false });
		}
		return sealed(collection.gathered.files);
	}
}

class Collection {
	readonly gathered: Gathered = { files: [], tracks: [], releases: [] };
	readonly #options: ContentsOptions;
	readonly #names = new UniqueNames();
	readonly #fileOf = new Map<string, string | null>();
	/** By release: where it is, and its cover's name. */
	readonly #folders = new Map<string, { folder: string; cover: string | null }>();

	constructor(options: ContentsOptions) {
		this.#options = options;
		this.#names.take('', MANIFEST);
	}

	/** What a track is called in here; null for one that is not. */
	readonly fileOf = (trackId: string) => this.#fileOf.get(trackId) ?? null;

	/** @param isWhole with what its original was before */
	async add(
		track: HeldTrack,
		{ isWhole, chapters = [] }: { isWhole: boolean; chapters?: readonly Chapter[] }
	): Promise<void> {
		const { release } = track;
		const place = release
			? await this.#placeOf(release)
			: { folder: safePart(track.artist, 'Unknown artist'), cover: null };
		const stem = safePart(numbered(track));
		const { original } = track;
		const file = await this.#original(place.folder, stem, original, track.createdAt);
		this.#fileOf.set(track.id, file);
		const ownCover =
			track.coverHash !== null && track.coverHash !== release?.coverHash
				? await this.#cover(place.folder, stem, track.coverHash, track.createdAt)
				: null;
		const earlier = [];
		for (const before of isWhole ? track.earlier : []) {
			const folder = `${place.folder}/Earlier`;
			earlier.push({
				file: await this.#original(folder, stem, before, before.replacedAt),
				...before,
				replacedAt: iso(before.replacedAt)
			});
		}
		this.gathered.tracks.push(
			JSON.stringify({
				file,
				...track,
				release: undefined,
				coverHash: undefined,
				releaseId: release?.id ?? null,
				cover: ownCover ?? place.cover,
				chapters,
				earlier,
				createdAt: iso(track.createdAt)
			})
		);
	}

	async #placeOf(release: HeldRelease): Promise<{ folder: string; cover: string | null }> {
		const known = this.#folders.get(release.id);
		if (known) return known;
		const artist = safePart(release.artist, 'Unknown artist');
		const folder = this.#names.take(artist, safePart(release.title));
		const cover =
			release.coverHash === null
				? null
				: await this.#cover(folder, 'cover', release.coverHash, release.createdAt);
		this.gathered.releases.push(
			JSON.stringify({
				folder,
				...release,
				coverHash: undefined,
				cover,
				createdAt: iso(release.createdAt)
			})
		);
		const place = { folder, cover };
		this.#folders.set(release.id, place);
		return place;
	}

	/** @returns its name, or null when the file is missing here */
	async #original(
		folder: string,
		stem: string,
		{ sha256, size, name, format }: { sha256: string; size: number; name: string; format: string },
		modified: number
	): Promise<string | null> {
		const path = this.#options.originalPath(sha256);
		// A damaged file would end the whole archive in the middle: it is left out, and said to be missing.
		if ((await this.#options.sizeOf(path)) !== size) return null;
		const ending = endingOf(name) || `.${format.toLowerCase().replace(/\W/g, '')}`;
		const source = { kind: 'file', path, sha256 } as const;
		const file = { name: this.#names.take(folder, stem, ending), size, modified, source };
		this.gathered.files.push(file);
		return file.name;
	}

	async #cover(
		folder: string,
		stem: string,
		hash: string,
		modified: number
	): Promise<string | null> {
		const path = this.#options.coverPath(hash);
		const size = await this.#options.sizeOf(path);
		if (size === null) return null;
		const source = { kind: 'file', path, sha256: null } as const;
		const file = { name: this.#names.take(folder, stem, '.jpg'), size, modified, source };
		this.gathered.files.push(file);
		return file.name;
	}
}

/** `2-07 Title`; discs are named where there is more than one. */
function numbered({ discNumber, trackNumber, title, release }: HeldTrack): string {
	if (!release || trackNumber === null) return title;
	const disc = discNumber !== null && discNumber > 1 ? `${discNumber}-` : '';
	return `${disc}${String(trackNumber).padStart(2, '0')} ${title}`;
}

const iso = (at: number) => new Date(at).toISOString();

function sealed(files: ArchiveFile[]): Contents {
	const hash = createHash('sha256');
	for (const { name, size, modified, source } of files) {
		hash.update(JSON.stringify([name, size, modified]));
		hash.update(source.kind === 'bytes' ? source.bytes : source.path);
	}
	return { files, fingerprint: hash.digest('hex').slice(0, 32) };
}
