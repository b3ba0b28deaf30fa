import { sql, type Kysely } from 'kysely';
import { slugOf } from '../folding.ts';
import type { Database } from './schema.ts';
import type { FindableKind } from './schema/browsing.ts';
import { Spelling } from './spelling.ts';
import { searchKey, wordsOf } from './words.ts';

/** Words are indexed in steps of this many, each a few milliseconds, with everybody else served in between. */
export const INDEX_STEP = 50;

/** Stands among the words of a draft, and in no query: those have nothing but letters and digits. */
export const ownerWord = (personId: string) => `¶${personId}`;

export const WORDS = {
	track: 'track_words',
	release: 'release_words',
	artist: 'artist_words',
	draft: 'draft_words'
} as const satisfies Record<FindableKind, string>;

interface Entry {
	kind: FindableKind;
	id: string;
	/** Null when it is not to be found as this kind. */
	found: { key: string; words: string[] } | null;
}

/** Brings what changed under its new words. Triggers write down what that is; nobody who writes music waits for it. */
export class SearchIndex {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	async isBehind(): Promise<boolean> {
		const row = await this.#db.selectFrom('unindexed').select('n').limit(1).executeTakeFirst();
		return row !== undefined;
	}

	/** To be run in a transaction. @returns how many changes were taken up; fewer than `limit` when none is left */
	async absorb(limit: number): Promise<number> {
		const waiting = await this.#db
			.selectFrom('unindexed')
			.select(['n', 'kind', 'thing_id'])
			.orderBy('n')
			.limit(limit)
			.execute();
		const last = waiting.at(-1);
		if (!last) return 0;
		const of = (wanted: string) =>
			waiting.flatMap(({ kind, thing_id }) => (kind === wanted ? [thing_id] : []));
		const entries = [
			...(await this.#artists(of('artist'))),
			...(await this.#releases(of('release'))),
			...(await this.#tracks(of('track')))
		];
		await this.#forget(entries.filter(({ found }) => found === null));
		await this.#put(entries.filter(({ found }) => found !== null));
		// A draft's words are nobody else's to be led to.
		const listed = entries.filter(({ kind }) => kind !== 'draft');
		await new Spelling(this.#db).learn(new Set(listed.flatMap(({ found }) => found?.words ?? [])));
		await this.#db.deleteFrom('unindexed').where('n', '<=', last.n).execute();
		return waiting.length;
	}

	async #artists(ids: readonly string[]): Promise<Entry[]> {
		if (ids.length === 0) return [];
		const { rows } = await sql<{ id: string; name: string }>`
			select artist.id, artist.name
			from json_each(${JSON.stringify(ids)}) as asked
			join roster on roster.artist_id = asked.value
			join artist on artist.id = roster.artist_id
		`.execute(this.#db);
		const names = new Map(rows.map(({ id, name }) => [id, name]));
		return ids.map((id) => {
			const name = names.get(id);
			const found = name === undefined ? null : { key: searchKey(name), words: wordsOf(name) };
			return { kind: 'artist', id, found };
		});
	}

	async #releases(ids: readonly string[]): Promise<Entry[]> {
		if (ids.length === 0) return [];
		const { rows } = await sql<{
			id: string;
			title: string;
			artist: string;
			genre: string | null;
			shelved: string | null;
		}>`
			select release.id, release.title, release.genre, artist.name as artist, shelf.genre as shelved
			from json_each(${JSON.stringify(ids)}) as asked
			join shelf on shelf.release_id = asked.value
			join release on release.id = shelf.release_id
			join artist on artist.id = release.artist_id
		`.execute(this.#db);
		const releases = new Map(rows.map((row) => [row.id, row]));
		for (const row of rows) await this.#shelve(row);
		return ids.map((id) => {
			const row = releases.get(id);
			const found = row && { key: searchKey(row.title), words: wordsOf(row.title, row.artist) };
			return { kind: 'release', id, found: found ?? null };
		});
	}

	/** Two spellings of a genre are one shelf, named as the first of them. */
	async #shelve(release: { id: string; genre: string | null; shelved: string | null }) {
		const name = release.genre?.trim() ?? '';
		const genre = name === '' ? null : slugOf(name);
		if (genre === release.shelved) return;
		if (genre !== null) {
			await this.#db
				.insertInto('genre')
				.values({ slug: genre, name })
				.onConflict((conflict) => conflict.doNothing())
				.execute();
		}
		await this.#db
			.updateTable('shelf')
			.set({ genre })
			.where('release_id', '=', release.id)
			.execute();
	}

	async #tracks(ids: readonly string[]): Promise<Entry[]> {
		if (ids.length === 0) return [];
		const { rows } = await sql<{
			id: string;
			title: string;
			listed: 0 | 1;
			owner_id: string;
			artist: string;
			release: string | null;
			leader: string | null;
		}>`
			select track.id, track.title, track.listed, track.owner_id, artist.name as artist,
				release.title as release, leader.name as leader
			from json_each(${JSON.stringify(ids)}) as asked
			join track on track.id = asked.value
			join artist on artist.id = track.artist_id
			left join release on release.id = track.release_id
			left join artist as leader on leader.id = release.artist_id
		`.execute(this.#db);
		const tracks = new Map(rows.map((row) => [row.id, row]));
		return ids.flatMap((id): Entry[] => {
			const row = tracks.get(id);
			const key = row ? searchKey(row.title) : '';
			const words = row ? wordsOf(row.title, row.artist, row.release, row.leader) : [];
			const own = row ? [...words, ownerWord(row.owner_id)] : [];
			return [
				{ kind: 'track', id, found: row?.listed === 1 ? { key, words } : null },
				{ kind: 'draft', id, found: row?.listed === 0 ? { key, words: own } : null }
			];
		});
	}

	async #forget(entries: readonly Entry[]) {
		const { rows } = await sql<{ n: number; kind: FindableKind }>`
			delete from findable where n in (
				select findable.n from json_each(${json(entries, ({ kind, id }) => [kind, id])}) as asked
				join findable on findable.thing_id = asked.value ->> 1 and findable.kind = asked.value ->> 0
			) returning n, kind
		`.execute(this.#db);
		for (const [kind, gone] of Map.groupBy(rows, ({ kind }) => kind)) {
			await sql`
				delete from ${sql.table(WORDS[kind])}
				where rowid in (select value from json_each(${json(gone, ({ n }) => n)}))
			`.execute(this.#db);
		}
	}

	async #put(entries: readonly Entry[]) {
		const asked = json(entries, ({ kind, id, found }) => [kind, id, found?.key]);
		const { rows } = await sql<{ n: number; kind: FindableKind; id: string }>`
			insert into findable (kind, thing_id, key)
			select value ->> 0, value ->> 1, value ->> 2 from json_each(${asked}) where true
			order by json_each.key
			on conflict (thing_id, kind) do update set key = excluded.key
			returning n, kind, thing_id as id
		`.execute(this.#db);
		const words = new Map(entries.map(({ kind, id, found }) => [kind + id, found?.words ?? []]));
		for (const [kind, put] of Map.groupBy(rows, ({ kind }) => kind)) {
			const texts = json(put, ({ n, id }) => [n, words.get(kind + id)?.join(' ')]);
			await sql`
				insert or replace into ${sql.table(WORDS[kind])} (rowid, words)
				select value ->> 0, value ->> 1 from json_each(${texts})
			`.execute(this.#db);
		}
	}
}

function json<T>(items: readonly T[], told: (item: T) => unknown): string {
	return JSON.stringify(items.map(told));
}
