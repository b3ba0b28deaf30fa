import { sql, type Kysely } from 'kysely';
import type { Person } from '#contracts/account';
import type { Found, FoundArtist } from '#contracts/search';
import type { TrackPage } from '#contracts/track';
import { coverUrl } from './cover-url.ts';
import { cursorOf, placeOf } from './cursor.ts';
import { Releases } from './releases.ts';
import type { Database } from './schema.ts';
import type { FindableKind } from './schema/browsing.ts';
import { ownerWord, SearchIndex, WORDS } from './search-index.ts';
import { Spelling } from './spelling.ts';
import { Tracks } from './tracks.ts';
import { queryOf } from './words.ts';

/** The newest that have the words are ranked: what a common word costs is bounded by this. */
const MOST_RANKED = 200;
/** Beside them, those whose title or name begins so, however old. */
const MOST_BEGINNING = 40;
/** With fewer than this, words are also taken for others that they may be slips of. */
const FEW = 3;
/** So many changes a search takes up before it looks; when more wait, they are on their way anyhow. */
const TAKEN_UP = 20;

type Listed = Exclude<FindableKind, 'draft'>;

interface Candidate {
	n: number;
	id: string;
	key: string;
}

interface Query {
	key: string;
	words: readonly string[];
	/** FTS5; null without a word. */
	match: string | null;
}

export class Search {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** The best of each kind, so many of it at most. Any text is a query; none is an error. */
	async find(
		typed: string,
		{ viewer, most }: { viewer: Person | null; most: Readonly<Record<keyof Found, number>> }
	): Promise<Found> {
		await this.#catchUp();
		const { key, words } = queryOf(typed);
		if (key === '') return { tracks: [], releases: [], artists: [] };
		const plain = { key, words, match: matching(words.map((word) => [word])) };
		const found = await this.#idsOf(plain, viewer);
		if (found.track.length + found.release.length + found.artist.length < FEW) {
			const more = await this.#idsOf({ ...plain, match: await this.#loosely(words) }, viewer);
			for (const kind of ['track', 'release', 'artist'] as const) {
				found[kind] = [...new Set([...found[kind], ...more[kind]])];
			}
		}
		const tracks = new Tracks(this.#db);
		const releases = new Releases(this.#db);
		return {
			tracks: await firstOf(found.track, most.tracks, (ids) => tracks.inOrder(ids, viewer)),
			releases: await firstOf(found.release, most.releases, (ids) => releases.inOrder(ids, null)),
			artists: await this.#artists(found.artist.slice(0, most.artists))
		};
	}

	/** All tracks with these words, the newest first. */
	async tracks(
		typed: string,
		ask: { viewer: Person | null; limit: number; cursor: string | null }
	): Promise<TrackPage> {
		await this.#catchUp();
		const { key, words } = queryOf(typed);
		const match = matching(words.map((word) => [word]));
		if (match === null) {
			const found = key === '' ? [] : await this.#beginning('track', key);
			const ids = found.map(({ id }) => id).slice(0, ask.limit);
			return { tracks: await new Tracks(this.#db).inOrder(ids, ask.viewer), next: null };
		}
		const [before] = placeOf<[number]>(ask.cursor, ['number']) ?? [Number.MAX_SAFE_INTEGER];
		const most = { limit: ask.limit + 1, before };
		const rows = await this.#having('track', match, most);
		rows.push(...(await this.#draftsHaving(match, ask.viewer, most)));
		rows.sort((a, b) => b.n - a.n);
		const shown = rows.slice(0, ask.limit);
		const ids = shown.map(({ id }) => id);
		const last = shown.at(-1);
		return {
			tracks: await new Tracks(this.#db).inOrder(ids, ask.viewer),
			next: rows.length > ask.limit && last ? cursorOf([last.n]) : null
		};
	}

	/** What changed just now is found at once, when it is little. */
	async #catchUp(): Promise<void> {
		const { rows } = await sql<{ n: number }>`
			select count(*) as n from (select 1 from unindexed limit ${sql.lit(TAKEN_UP + 1)})
		`.execute(this.#db);
		const waiting = rows[0]?.n ?? 0;
		if (waiting === 0 || waiting > TAKEN_UP) return;
		await this.#db
			.transaction()
			.execute((transaction) => new SearchIndex(transaction).absorb(TAKEN_UP))
			.catch(() => {}); // a full disk keeps nobody from finding what is there
	}

	async #idsOf(query: Query, viewer: Person | null): Promise<Record<Listed, string[]>> {
		const [track, release, artist] = [
			await this.#ranked('track', query),
			await this.#ranked('release', query),
			await this.#ranked('artist', query)
		];
		const most = { limit: MOST_RANKED, before: Number.MAX_SAFE_INTEGER };
		const drafts = query.match === null ? [] : await this.#draftsHaving(query.match, viewer, most);
		return { track: [...track, ...ranked(drafts, query)], release, artist };
	}

	async #ranked(kind: Listed, query: Query): Promise<string[]> {
		const most = { limit: MOST_RANKED, before: Number.MAX_SAFE_INTEGER };
		const having = query.match === null ? [] : await this.#having(kind, query.match, most);
		return ranked([...having, ...(await this.#beginning(kind, query.key))], query);
	}

	async #having(
		kind: FindableKind,
		match: string,
		{ limit, before }: { limit: number; before: number }
	): Promise<Candidate[]> {
		const words = sql.table(WORDS[kind]);
		const { rows } = await sql<Candidate>`
			select findable.n, findable.thing_id as id, findable.key
			from (
				select rowid as n from ${words} where ${words} match ${match} and rowid < ${before}
				order by rowid desc limit ${limit}
			) as hit
			join findable on findable.n = hit.n
			order by findable.n desc
		`.execute(this.#db);
		return rows;
	}

	async #draftsHaving(
		match: string,
		viewer: Person | null,
		most: { limit: number; before: number }
	): Promise<Candidate[]> {
		if (viewer === null || viewer.role === 'listener') return [];
		const own = viewer.role === 'owner' ? '' : ` AND "${ownerWord(viewer.id)}"`;
		return this.#having('draft', match + own, most);
	}

	/** By title or name, which need not have a word in it: "!!!" is a band. */
	async #beginning(kind: Listed, key: string): Promise<Candidate[]> {
		return this.#db
			.selectFrom('findable')
			.select(['n', 'thing_id as id', 'key'])
			.where('kind', '=', kind)
			.where('key', '>=', key)
			.where('key', '<', `${key}\u{10FFFF}`)
			.orderBy('key')
			.orderBy('n')
			.limit(MOST_BEGINNING)
			.execute();
	}

	/** Each word, or what begins with it, or what it may be a slip of. */
	async #loosely(words: readonly string[]): Promise<string | null> {
		const spelling = new Spelling(this.#db);
		const alternatives: string[][] = [];
		for (const [n, word] of words.entries()) {
			const isUnfinished = n === words.length - 1;
			alternatives.push([word, ...(await spelling.meant(word, { isUnfinished }))]);
		}
		return matching(alternatives, { allUnfinished: true });
	}

	async #artists(ids: readonly string[]): Promise<FoundArtist[]> {
		const { rows } = await sql<FoundArtist & { hash: string | null }>`
			select artist.id, artist.slug, artist.name, roster.release_count as releaseCount,
				roster.track_count as trackCount,
				(select release.cover_hash from shelf join release on release.id = shelf.release_id
					where shelf.artist_id = artist.id limit 1) as hash
			from roster join artist on artist.id = roster.artist_id
			where roster.artist_id in (select value from json_each(${JSON.stringify(ids)}))
			order by artist.id limit ${ids.length}
		`.execute(this.#db);
		const found = new Map(
			rows.map(({ hash, ...artist }) => [
				artist.id,
				{ ...artist, ...(hash !== null && { coverUrl: coverUrl(hash) }) }
			])
		);
		return ids.flatMap((id) => found.get(id) ?? []);
	}
}

/** As many as are asked for: the index may be a moment behind what has been hidden, and then some more are read. */
async function firstOf<T>(
	ids: readonly string[],
	limit: number,
	read: (ids: readonly string[]) => Promise<T[]>
): Promise<T[]> {
	const things = await read(ids.slice(0, limit));
	if (things.length === limit || ids.length <= limit) return things;
	return [...things, ...(await read(ids.slice(limit, 2 * limit)))].slice(0, limit);
}

/** Words are letters and digits alone, in quotes: nothing that is typed is syntax. The last one may go on. */
function matching(
	alternatives: readonly (readonly string[])[],
	{ allUnfinished = false } = {}
): string | null {
	if (alternatives.length === 0) return null;
	return alternatives
		.map(([word = '', ...others], n) => {
			const goesOn = allUnfinished || n === alternatives.length - 1;
			const terms = [`"${word}"${goesOn ? '*' : ''}`, ...others.map((other) => `"${other}"`)];
			return terms.length === 1 ? terms[0] : `(${terms.join(' OR ')})`;
		})
		.join(' AND ');
}

/** The title itself first, then what begins so, then what has all words in its title; of equals the newest. */
function ranked(candidates: readonly Candidate[], { key, words }: Query): string[] {
	const rank = (title: string) => {
		if (title === key) return 0;
		if (title.startsWith(`${key} `)) return 1;
		if (title.startsWith(key)) return 2;
		return words.every((word) => title.includes(word)) ? 3 : 4;
	};
	const ranks = new Map(candidates.map((each) => [each.n, { ...each, rank: rank(each.key) }]));
	return [...ranks.values()].sort((a, b) => a.rank - b.rank || b.n - a.n).map(({ id }) => id);
}
