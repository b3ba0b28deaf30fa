import { sql, type Kysely } from 'kysely';
import type { MatchFailure, MatchState } from '#contracts/match';
import { coverColumns, coverIn, type KeptCover } from './kept-cover.ts';
import type { Database } from './schema.ts';

/** What was asked about a release, and what came of it. */
export interface StoredSuggestion<Found = unknown> {
	releaseId: string;
	askedBy: string;
	askedAt: number;
	state: MatchState;
	code: MatchFailure | null;
	found: Found | null;
	cover: KeptCover | null;
}

type Outcome<Found> =
	| { state: 'found'; found: Found; cover: KeptCover | null }
	| { state: 'none' }
	| { state: 'failed'; code: MatchFailure };

const IN_LINE = sql<boolean>`state in ('waiting', 'looking')`;

/** What others say of releases, until their artist takes it or not: one of each release. */
export class Suggestions {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** Into line, in place of what was suggested before; one that is in line already keeps its place. */
	async ask(releaseId: string, askedBy: string, now: number): Promise<void> {
		const fresh = {
			...{ asked_by: askedBy, asked_at: now, state: 'waiting' as const },
			...{ code: null, found: null, cover_hash: null, cover_color: null }
		};
		await this.#db
			.insertInto('suggestion')
			.values({ release_id: releaseId, ...fresh })
			.onConflict((conflict) =>
				conflict
					.column('release_id')
					.doUpdateSet(fresh)
					.where(sql<boolean>`suggestion.state not in ('waiting', 'looking')`)
			)
			.execute();
	}

	async of(releaseId: string): Promise<StoredSuggestion | null> {
		const row = await this.#db
			.selectFrom('suggestion')
			.selectAll()
			.where('release_id', '=', releaseId)
			.executeTakeFirst();
		if (!row) return null;
		return {
			releaseId,
			askedBy: row.asked_by,
			askedAt: row.asked_at,
			state: row.state,
			code: row.code,
			found: row.found === null ? null : (JSON.parse(row.found) as unknown),
			cover: coverIn(row)
		};
	}

	/** Who has waited longest; null when nobody waits. */
	async next(): Promise<Pick<StoredSuggestion, 'releaseId' | 'askedBy' | 'askedAt'> | null> {
		const row = await this.#db
			.selectFrom('suggestion')
			.select(['release_id as releaseId', 'asked_by as askedBy', 'asked_at as askedAt'])
			.where(IN_LINE)
			.orderBy('asked_at')
			.limit(1)
			.executeTakeFirst();
		return row ?? null;
	}

	/** How many of this person's stand in line, counted to `most`. */
	async inLineOf(personId: string, most: number): Promise<number> {
		const rows = await this.#db
			.selectFrom('suggestion')
			.select('release_id')
			.where('asked_by', '=', personId)
			.where(IN_LINE)
			.limit(most)
			.execute();
		return rows.length;
	}

	async begin(releaseId: string): Promise<void> {
		await this.#db
			.updateTable('suggestion')
			.set({ state: 'looking' })
			.where('release_id', '=', releaseId)
			.where(IN_LINE)
			.execute();
	}

	/** False when it was withdrawn meanwhile, or asked anew: then nothing is written. */
	async end<Found>(releaseId: string, askedAt: number, outcome: Outcome<Found>): Promise<boolean> {
		const cover = outcome.state === 'found' ? outcome.cover : null;
		const { numUpdatedRows } = await this.#db
			.updateTable('suggestion')
			.set({
				state: outcome.state,
				code: outcome.state === 'failed' ? outcome.code : null,
				found: outcome.state === 'found' ? JSON.stringify(outcome.found) : null,
				...coverColumns(cover)
			})
			.where('release_id', '=', releaseId)
			.where('asked_at', '=', askedAt)
			.where(IN_LINE)
			.executeTakeFirst();
		return numUpdatedRows > 0n;
	}

	async remove(releaseId: string): Promise<void> {
		await this.#db.deleteFrom('suggestion').where('release_id', '=', releaseId).execute();
	}
}
