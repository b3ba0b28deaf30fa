import { sql, type Kysely } from 'kysely';
import { slugOf } from '../folding.ts';
import type { Database, FindableKind } from './schema.ts';
import { Spelling } from './spelling.ts';
import { searchKey, wordsOf } from './words.ts';

/** Words are indexed in steps of this many, each a few milliseconds, with everybody else served in between. */
export const INDEX_STEP = 50;

/** Stands among the words of a draft, and in no query: it has no letter and no digit, but a sign beyond ASCII. */
export const ownerWord = (personId: string) => `¶${personId}`;

export const WORDS = {
	track: 'track_words',
	release: 'release_words',
	artist: 'artist_words',
	draft: 'draft_words'
} as const satisfies Record<FindableKind, string>;

interface Waiting {
	n: number;
	kind: 'track' | 'release' | 'artist';
	thing_id: string;
}

/** Brings what changed under its new words. Triggers write down what that is; nobody who writes music waits for it. */
export class SearchIndex {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** To be run in a transaction. @returns how many changes were taken up; fewer than `limit` when none is left */
	async absorb(limit: number): Promise<number> {
		const waiting = await this.#db
			.selectFrom('unindexed')
			.select(['n', 'kind', 'thing_id'])
			.orderBy('n')
			.limit(limit)
			.execute();
		const learnt = new Set<string>();
		for (const each of waiting) {
			for (const word of await this.#index(each)) learnt.add(word);
		}
		await new Spelling(this.#db).learn(learnt);
		const last = waiting.at(-1);
		if (last) await this.#db.deleteFrom('unindexed').where('n', '<=', last.n).execute();
		return waiting.length;
	}

	async isBehind(): Promise<boolean> {
		const row = await this.#db.selectFrom('unindexed').select('n').limit(1).executeTakeFirst();
		return row !== undefined;
	}

	/** @returns the words that everybody may find it by */
	async #index({ kind, thing_id: id }: Waiting): Promise<string[]> {
		if (kind === 'track') return this.#indexTrack(id);
		if (kind === 'release') return this.#indexRelease(id);
		const artist = await this.#db
			.selectFrom('roster')
			.innerJoin('artist', 'artist.id', 'roster.artist_id')
			.select('artist.name')
			.where('roster.artist_id', '=', id)
			.executeTakeFirst();
		const words = artist ? wordsOf(artist.name) : [];
		await this.#put('artist', id, artist ? { key: searchKey(artist.name), words } : null);
		return words;
	}

	async #indexTrack(id: string): Promise<string[]> {
		const track = await this.#db
			.selectFrom('track')
			.innerJoin('artist', 'artist.id', 'track.artist_id')
			.leftJoin('release', 'release.id', 'track.release_id')
			.leftJoin('artist as leader', 'leader.id', 'release.artist_id')
			.select(['track.title', 'track.listed', 'track.owner_id', 'artist.name as artist'])
			.select(['release.title as release', 'leader.name as leader'])
			.where('track.id', '=', id)
			.executeTakeFirst();
		if (!track) {
			await this.#put('track', id, null);
			await this.#put('draft', id, null);
			return [];
		}
		const key = searchKey(track.title);
		const words = wordsOf(track.title, track.artist, track.release, track.leader);
		const isListed = track.listed === 1;
		const owned = [...words, ownerWord(track.owner_id)];
		await this.#put('track', id, isListed ? { key, words } : null);
		await this.#put('draft', id, isListed ? null : { key, words: owned });
		return isListed ? words : [];
	}

	async #indexRelease(id: string): Promise<string[]> {
		const release = await this.#db
			.selectFrom('shelf')
			.innerJoin('release', 'release.id', 'shelf.release_id')
			.innerJoin('artist', 'artist.id', 'release.artist_id')
			.select(['release.title', 'release.genre', 'artist.name as artist'])
			.select('shelf.genre as shelved')
			.where('release.id', '=', id)
			.executeTakeFirst();
		if (!release) {
			await this.#put('release', id, null);
			return [];
		}
		const genre = await this.#genre(release.genre);
		if (genre !== release.shelved) {
			await this.#db.updateTable('shelf').set({ genre }).where('release_id', '=', id).execute();
		}
		const words = wordsOf(release.title, release.artist);
		await this.#put('release', id, { key: searchKey(release.title), words });
		return words;
	}

	async #genre(name: string | null): Promise<string | null> {
		if (name === null || name.trim() === '') return null;
		const slug = slugOf(name);
		await this.#db
			.insertInto('genre')
			.values({ slug, name: name.trim() })
			.onConflict((conflict) => conflict.doNothing())
			.execute();
		return slug;
	}

	async #put(kind: FindableKind, id: string, entry: { key: string; words: string[] } | null) {
		const table = sql.table(WORDS[kind]);
		if (entry === null) {
			const gone = await this.#db
				.deleteFrom('findable')
				.where('thing_id', '=', id)
				.where('kind', '=', kind)
				.returning('n')
				.executeTakeFirst();
			if (gone) await sql`delete from ${table} where rowid = ${gone.n}`.execute(this.#db);
			return;
		}
		const { key, words } = entry;
		const { n } = await this.#db
			.insertInto('findable')
			.values({ kind, thing_id: id, key })
			.onConflict((conflict) => conflict.columns(['thing_id', 'kind']).doUpdateSet({ key }))
			.returning('n')
			.executeTakeFirstOrThrow();
		await sql`insert or replace into ${table} (rowid, words) values (${n}, ${words.join(' ')})`.execute(
			this.#db
		);
	}
}
