import { belongingOf, filledIn, nameKey, type Belonging } from '#contracts/belonging';
import { albumFolder, leadingArtist, VARIOUS_ARTISTS } from '#contracts/compilation';
import { kindOf } from '#contracts/file-kind';
import type { Visibility } from '#contracts/track';
import type { Description } from '#contracts/upload';
import type { Tags, Upload, UploadState } from './upload.ts';

/** What is known of a file: what a person said goes before what its tags say. */
export type Facts = Tags;
export type Fact = keyof Facts;

const FACTS = [
	'title',
	'artist',
	'albumArtist',
	'album',
	'trackNumber',
	'discNumber',
	'genre',
	'date'
] as const satisfies readonly Fact[];

const NOTHING: Facts = {
	...{ title: null, artist: null, albumArtist: null, album: null },
	...{ trackNumber: null, discNumber: null, genre: null, date: null }
};

/** Files that will stand together, as far as one can tell before they are on the server. */
export interface UploadRelease {
	/** Stays the same while its files come and go. */
	key: string;
	/** Null when nothing says it; then the folder's name is all there is. */
	title: string | null;
	/** The last folder that is not a disc; null for files that were not in one. */
	folder: string | null;
	artist: string | null;
	/** In the order they will be heard, pictures last. */
	uploads: readonly Upload[];
	/** Music that was neither cancelled nor left out. */
	tracks: number;
	/** Tracks that play, or were here already. */
	added: number;
	duplicates: number;
	/** Tracks that publishing the release would give to everybody. */
	drafts: number;
	/** Those of them that may be here already, which is being found out. */
	compared: number;
	/** Tracks that stay with their artist also then. */
	kept: number;
	failed: number;
	/** Files of which bytes are still to be sent. */
	unsent: number;
	paused: number;
	/** All files whose bytes are wanted, in bytes. */
	size: number;
	sent: number;
	isOver: boolean;
}

/** A track as the editor shows it, on its way or heard already. */
export interface EditedTrack {
	key: string;
	/** Its file, or whatever else names it when it has no title. */
	file: string;
	facts: Facts;
	isPublished: boolean;
	/** Who hears it once it is published; a `draft` stays with its artist then. */
	visibility: Visibility;
}

/** What is said of one track. */
export interface Change {
	key: string;
	description: Description;
}

/** One line of the list. */
export type ListRow =
	| { kind: 'release'; key: string; release: UploadRelease }
	| { kind: 'upload'; key: string; upload: Upload };

const facts = new WeakMap<Upload, Facts>();
const addresses = new WeakMap<Upload, Address>();
const rows = new WeakMap<UploadRelease, readonly ListRow[]>();

export function factsOf(upload: Upload): Facts {
	const known = facts.get(upload);
	if (known) return known;
	const { tags, description } = upload;
	const all = laidOver(tags ?? NOTHING, description);
	facts.set(upload, all);
	return all;
}

function laidOver(tags: Facts, description: Description): Facts {
	const fact = <F extends Fact>(name: F): Facts[F] => {
		const said = description[name] as Facts[F] | undefined;
		return said === undefined ? (tags[name] ?? NOTHING[name]) : said;
	};
	return Object.fromEntries(FACTS.map((name) => [name, fact(name)])) as unknown as Facts;
}

/** A picture that lies beside the music: no track comes of it. */
export function isPicture(upload: Upload): boolean {
	return addressOf(upload).rank === Infinity;
}

/** What a release is called where it needs a name. */
export function releaseName({ title, folder, uploads }: UploadRelease): string {
	return title ?? folder ?? (uploads.length === 1 ? 'Single track' : 'Single tracks');
}

/** The cover that a person gave it, or null. */
export function coverUrlOf({ uploads }: UploadRelease): string | null {
	const hash = uploads.find(({ description }) => description.cover)?.description.cover;
	return hash ? `/media/covers/${hash}/256.webp` : null;
}

/** It stays with its artist when its release is published. */
export function isKept({ description }: Upload): boolean {
	return description.visibility === 'draft';
}

/** Who hears a release, as one choice: of tracks that are published, without those that stay with their artist. */
export function audienceOf(tracks: readonly EditedTrack[]): Visibility | 'mixed' {
	const published = tracks.filter(({ isPublished }) => isPublished);
	if (published.length === 0) return 'draft';
	const shown = new Set(
		published.flatMap(({ visibility }) => (visibility === 'draft' ? [] : visibility))
	);
	const [first = 'public'] = shown;
	return published.length < tracks.length || shown.size > 1 ? 'mixed' : first;
}

/** Publishing gives it to everybody. A duplicate is not asked: the track that was here already stands as it stood. */
export function isDraft(upload: Upload): boolean {
	return !upload.isPublic && !isKept(upload) && upload.state.kind !== 'duplicate';
}

/** How the whole list stands, for its headline. */
export interface Standings {
	/** Files of which bytes are still to be sent. */
	unsent: number;
	/** Those of them that were paused one by one. */
	paused: number;
	/** Tracks that play, or were here already. */
	added: number;
	duplicates: number;
	/** Files that may go off the list: nothing is left to do about them. */
	finished: number;
	/** Tracks that publishing would give to everybody. */
	drafts: number;
	/** Those of them of which the portal has not said yet whether they are here already. */
	undecided: number;
	/** Files of which that is being found out. */
	compared: number;
}

/** The portal has one like it: until it is compared it is neither new nor here already. */
const isCompared = ({ state }: Upload) => 'isCompared' in state;

export function standingsOf(all: readonly Upload[]): Standings {
	const standings: Standings = {
		...{ unsent: 0, paused: 0, added: 0, duplicates: 0, finished: 0 },
		...{ drafts: 0, undecided: 0, compared: 0 }
	};
	for (const upload of all) {
		const { kind } = upload.state;
		if (isUnsent(upload)) standings.unsent += 1;
		if (kind === 'paused') standings.paused += 1;
		if (FINISHED.has(kind)) standings.finished += 1;
		if (kind === 'duplicate') standings.duplicates += 1;
		const isTrack = !GONE.has(kind) && !isPicture(upload);
		if (isTrack && (kind === 'ready' || kind === 'duplicate')) standings.added += 1;
		if (isCompared(upload)) standings.compared += 1;
		if (!isTrack || !isDraft(upload)) continue;
		standings.drafts += 1;
		if (upload.id === null || isCompared(upload)) standings.undecided += 1;
	}
	return standings;
}

const UNSENT = new Set<UploadState['kind']>(['waiting', 'sending', 'paused', 'unbound']);
const FINISHED = new Set<UploadState['kind']>(['ready', 'duplicate', 'cancelled']);
/** No track comes of these. */
const GONE = new Set<UploadState['kind']>(['refused', 'failed', 'cancelled']);

export function isUnsent({ state }: Upload): boolean {
	return UNSENT.has(state.kind);
}

/** What all of them have in common, or null. Those of which it is not known do not count. */
function inCommon(uploads: readonly Upload[], name: 'artist'): string | null {
	let common: string | null = null;
	for (const upload of uploads) {
		const named = factsOf(upload)[name];
		if (named === null) continue;
		const value = leadingArtist(named);
		if (common !== null && nameKey(common) !== nameKey(value)) return null;
		common ??= value;
	}
	return common;
}

interface Address {
	/** Stays the same, whoever else is on the release. */
	key: string;
	belonging: Belonging;
	/** Without its disc; '' when there is none. */
	folder: string;
	/** Nothing says yet whose it is, or it is no music: it goes with the one release of its folder, if there is one. */
	isLoose: boolean;
	/** Place in the release, NaN when it is not known. */
	rank: number;
}

/** Pictures, and archives whose songs come by themselves. */
function hasNoPlace(name: string): boolean {
	const kind = kindOf(name, undefined);
	return kind === 'cover' || kind === 'archive';
}

/** More than any disc has. */
const DISC_RANK = 10_000;

function addressOf(upload: Upload): Address {
	const known = addresses.get(upload);
	if (known) return known;
	const { name, path, tags, description } = upload;
	const { folder } = albumFolder(path);
	const isBeside = hasNoPlace(name);
	const isUnread = tags === null && description.album === undefined;
	const isLoose = factsOf(upload).album === null && folder !== '' && (isBeside || isUnread);
	const filled = filledIn(tags ?? NOTHING, upload);
	const { trackNumber, discNumber, ...named } = laidOver(filled, description);
	const belonging = belongingOf(isLoose ? filled : named, path);
	const address: Address = {
		...{ key: keyOf(belonging), belonging, folder, isLoose },
		rank: isBeside ? Infinity : (discNumber ?? 1) * DISC_RANK + (trackNumber ?? Number.NaN)
	};
	addresses.set(upload, address);
	return address;
}

function keyOf(belonging: Belonging): string {
	if (belonging.kind === 'alone') return 'a';
	if (belonging.kind === 'gathering') return `g\n${belonging.key}`;
	const { artist, album } = belonging;
	return artist === null ? `m\n${nameKey(album)}` : `r\n${nameKey(artist)}\n${nameKey(album)}`;
}

/** What tracks have in common, for a field that is said of all of them. Those of which it is not known do not count. */
export function shared<F extends Fact>(
	tracks: readonly EditedTrack[],
	name: F
): { value: Facts[F] | null; differs: boolean } {
	const known = tracks.map(({ facts: each }) => each[name]).filter((value) => value !== null);
	const first = known[0] ?? null;
	const differs = known.some((value) => value !== first);
	return { value: differs ? null : first, differs };
}

/** What must be said to have the tracks as they were before a change. */
export function undoing(changes: readonly Change[], tracks: readonly EditedTrack[]): Change[] {
	const byKey = new Map(tracks.map((track) => [track.key, track]));
	return changes.flatMap(({ key, description }) => {
		const track = byKey.get(key);
		if (!track) return [];
		const before = Object.keys(description).flatMap((name): [string, unknown][] => {
			if (name === 'visibility') return [[name, track.visibility]];
			// What the cover was before, nobody but the portal knows.
			return name === 'cover' ? [] : [[name, track.facts[name as Fact]]];
		});
		return [{ key, description: Object.fromEntries(before) as Description }];
	});
}

/** The same words for several tracks become one request. */
export function together(
	changes: readonly Change[]
): { keys: string[]; description: Description }[] {
	const groups = new Map<string, { keys: string[]; description: Description }>();
	for (const { key, description } of changes) {
		const words = JSON.stringify(description);
		const group = groups.get(words);
		if (group) group.keys.push(key);
		else groups.set(words, { keys: [key], description });
	}
	return [...groups.values()];
}

interface Known {
	/** In the order they came. */
	files: readonly Upload[];
	ranks: readonly number[];
	/** Which file stands where; null when they came in their order. */
	order: readonly number[] | null;
	release: UploadRelease;
}

/**
 * Groups files into releases. It is asked several times a second for ten thousand files: a release of which nothing
 * changed is the same object as before, and is neither sorted nor counted again.
 */
export class UploadReleases {
	#known = new Map<string, Known>();

	of(all: readonly Upload[]): readonly UploadRelease[] {
		const next = new Map<string, Known>();
		for (const [key, files] of gathered(all)) {
			const before = this.#known.get(key);
			next.set(key, before && isSame(before.files, files) ? before : known(key, files, before));
		}
		this.#known = next;
		return Array.from(next.values(), ({ release }) => release);
	}
}

/** Releases in the order of their first files, by the key of that file. */
function gathered(all: readonly Upload[]): Map<string, Upload[]> {
	const releaseOf = releasesOf(all);
	const homes = new Map<string, string | null>();
	for (const upload of all) {
		const { folder, isLoose } = addressOf(upload);
		if (isLoose || folder === '') continue;
		const release = releaseOf(upload);
		const home = homes.get(folder);
		if (home === undefined) homes.set(folder, release);
		else if (home !== release) homes.set(folder, null);
	}
	const groups = new Map<string, Upload[]>();
	for (const upload of all) {
		const { folder, isLoose } = addressOf(upload);
		const release = releaseOf(upload);
		const at = isLoose ? (homes.get(folder) ?? release) : release;
		const group = groups.get(at);
		if (group) group.push(upload);
		else groups.set(at, [upload]);
	}
	return new Map(
		Array.from(groups.values(), (group) => {
			const first = group.find((upload) => !addressOf(upload).isLoose) ?? group[0];
			return [first ? addressOf(first).key : '', group];
		})
	);
}

/** Tracks of which nobody says whose release they are on are on that of the one who leads on all of them. */
function releasesOf(all: readonly Upload[]): (upload: Upload) => string {
	const leads = new Map<string, string | null>();
	for (const upload of all) {
		const { belonging, isLoose } = addressOf(upload);
		if (isLoose || belonging.kind !== 'gathering') continue;
		const { key, lead } = belonging;
		const known = leads.get(key) ?? null;
		if (known === null) leads.set(key, lead);
		else if (lead !== null && lead !== known && nameKey(lead) !== nameKey(known)) {
			leads.set(key, VARIOUS_ARTISTS);
		}
	}
	const releases = new Map<string, string>();
	return (upload) => {
		const { belonging, key } = addressOf(upload);
		if (belonging.kind !== 'gathering') return key;
		const artist = leads.get(belonging.key);
		// Nothing of it is read yet.
		if (artist === undefined) return key;
		const known = releases.get(key);
		if (known !== undefined) return known;
		const release = keyOf({ kind: 'release', album: belonging.album, artist });
		releases.set(key, release);
		return release;
	};
}

function known(key: string, files: readonly Upload[], before: Known | undefined): Known {
	const ranks = files.map((file) => addressOf(file).rank);
	const order = before && isSame(before.ranks, ranks) ? before.order : orderOf(ranks);
	const uploads = order ? order.flatMap((at) => files[at] ?? []) : files;
	return { files, ranks, order, release: summedUp(key, uploads) };
}

function orderOf(ranks: readonly number[]): readonly number[] | null {
	const mayBeOrdered = !ranks.some(Number.isNaN);
	const place = (at: number) => {
		const rank = ranks[at] ?? 0;
		// Without all the numbers only the pictures go to the end.
		return mayBeOrdered || rank === Infinity ? rank : 0;
	};
	if (ranks.every((_, at) => at === 0 || place(at - 1) <= place(at))) return null;
	return Array.from(ranks.keys()).sort((a, b) =>
		place(a) === place(b) ? a - b : place(a) - place(b)
	);
}

function isSame<T>(a: readonly T[], b: readonly T[]): boolean {
	return a.length === b.length && a.every((item, at) => Object.is(item, b[at]));
}

function summedUp(key: string, uploads: readonly Upload[]): UploadRelease {
	const release: UploadRelease = {
		key,
		uploads,
		...namesOf(uploads),
		tracks: 0,
		added: 0,
		duplicates: 0,
		drafts: 0,
		compared: 0,
		kept: 0,
		failed: 0,
		unsent: 0,
		paused: 0,
		size: 0,
		sent: 0,
		isOver: true
	};
	for (const upload of uploads) count(release, upload);
	return release;
}

function count(release: UploadRelease, upload: Upload) {
	const { state, size } = upload;
	if (state.kind === 'cancelled') return;
	if (state.kind === 'failed' || state.kind === 'refused') {
		release.failed += 1;
		return;
	}
	release.size += size;
	release.sent += 'sent' in state ? state.sent : state.kind === 'waiting' ? 0 : size;
	const isAdded = state.kind === 'ready' || state.kind === 'duplicate';
	if (!isAdded) release.isOver = false;
	if (isUnsent(upload)) release.unsent += 1;
	if (state.kind === 'paused') release.paused += 1;
	if (isPicture(upload)) return;
	release.tracks += 1;
	if (isAdded) release.added += 1;
	if (state.kind === 'duplicate') release.duplicates += 1;
	if (isKept(upload)) release.kept += 1;
	else if (isDraft(upload)) release.drafts += 1;
	if (isCompared(upload)) release.compared += 1;
}

function namesOf(uploads: readonly Upload[]) {
	const first = uploads[0];
	const isAlone = !first || addressOf(first).belonging.kind === 'alone';
	const folder = isAlone ? '' : albumFolder(first.path).folder;
	let title: string | null = null;
	let artist: string | null = null;
	for (const upload of uploads) {
		const said = factsOf(upload);
		title ??= said.album;
		artist ??= said.albumArtist;
		if (title !== null && artist !== null) break;
	}
	if (artist === null) {
		artist = inCommon(uploads, 'artist');
		// Songs that only happen to stand together have no one artist, not even a various one.
		const isRelease = title !== null || folder !== '';
		if (artist === null && isRelease && uploads.some((one) => factsOf(one).artist !== null)) {
			artist = VARIOUS_ARTISTS;
		}
	}
	return { title, artist, folder: folder === '' ? null : (folder.split('/').at(-1) ?? null) };
}

/** Releases and their files as one list; of folded releases only the head. */
export function listRows(
	releases: readonly UploadRelease[],
	folded: ReadonlySet<string>
): readonly ListRow[] {
	const list: ListRow[] = [];
	for (const release of releases) {
		list.push({ kind: 'release', key: `r\n${release.key}`, release });
		if (folded.has(release.key)) continue;
		for (const row of rowsOf(release)) list.push(row);
	}
	return list;
}

function rowsOf(release: UploadRelease): readonly ListRow[] {
	const made = rows.get(release);
	if (made) return made;
	const list = release.uploads.map((upload): ListRow => ({
		kind: 'upload',
		key: `u\n${upload.key}`,
		upload
	}));
	rows.set(release, list);
	return list;
}
