import type { Kysely } from 'kysely';
import type { ServerEvent } from '#contracts/live';
import type { Database } from './schema.ts';

/** The append-only record behind the live channel; its row number is the channel's sequence. */
export class Events {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** @param personId who hears it, or null for everybody who is signed in */
	async add(personId: string | null, event: ServerEvent, now: number): Promise<number> {
		const row = await this.#db
			.insertInto('event')
			.values({ person_id: personId, body: JSON.stringify(event), at: now })
			.returning('seq')
			.executeTakeFirstOrThrow();
		return row.seq;
	}

	/** The last number that was given out; 0 before the first. */
	async last(): Promise<number> {
		const row = await this.#db
			.selectFrom('event')
			.select(({ fn }) => fn.max('seq').as('seq'))
			.executeTakeFirst();
		return row?.seq ?? 0;
	}

	/** The lowest number that is kept; 0 when nothing is. */
	async first(): Promise<number> {
		const row = await this.#db
			.selectFrom('event')
			.select(({ fn }) => fn.min('seq').as('seq'))
			.executeTakeFirst();
		return row?.seq ?? 0;
	}

	async heardBy(
		personId: string,
		since: number,
		limit: number
	): Promise<{ seq: number; event: ServerEvent }[]> {
		const rows = await this.#db
			.selectFrom('event')
			.select(['seq', 'body'])
			.where('seq', '>', since)
			.where((where) =>
				where.or([where('person_id', '=', personId), where('person_id', 'is', null)])
			)
			.orderBy('seq')
			.limit(limit)
			.execute();
		return rows.map(({ seq, body }) => ({ seq, event: JSON.parse(body) as ServerEvent }));
	}

	/** Never of the last one: its number keeps the sequence. */
	async remove(seq: number): Promise<void> {
		await this.#db.deleteFrom('event').where('seq', '=', seq).execute();
	}

	/** Forgets what is older than `before`, but never the last row: it keeps the sequence. */
	async removeBefore(before: number): Promise<void> {
		const last = await this.last();
		await this.#db.deleteFrom('event').where('at', '<', before).where('seq', '<', last).execute();
	}
}
