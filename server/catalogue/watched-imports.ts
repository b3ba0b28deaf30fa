import { sql, type Kysely } from 'kysely';
import { toImport, type StoredImport } from './imports.ts';
import type { Database } from './schema.ts';

/** Imports that look again by themselves when their places change. */
export class WatchedImports {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** Everybody's. */
	async all(): Promise<StoredImport[]> {
		const rows = await this.#db
			.selectFrom('import')
			.selectAll()
			.where(sql<boolean>`watch = 1`)
			.execute();
		return rows.map(toImport);
	}

	/** It does not look again by itself any more. False when it did not. */
	async end(id: string): Promise<boolean> {
		const row = await this.#db
			.updateTable('import')
			.set({ watch: 0 })
			.where('id', '=', id)
			.where('watch', '=', 1)
			.returning('id')
			.executeTakeFirst();
		return row !== undefined;
	}

	/** Neither do others of the same place. @returns those that did */
	async endOthers({
		id,
		personId,
		place
	}: Pick<StoredImport, 'id' | 'personId' | 'place'>): Promise<string[]> {
		const rows = await this.#db
			.updateTable('import')
			.set({ watch: 0 })
			.where(sql<boolean>`watch = 1`)
			.where('person_id', '=', personId)
			.where('place', '=', place)
			.where('id', '<>', id)
			.returning('id')
			.execute();
		return rows.map((row) => row.id);
	}

	async saw(id: string, seen: string): Promise<void> {
		await this.#db.updateTable('import').set({ seen }).where('id', '=', id).execute();
	}

	/** Puts one that has ended and is watched into line again. False when it is under way, or not watched any more. */
	async lookAgain(id: string, seen: string, now: number): Promise<boolean> {
		const row = await this.#db
			.updateTable('import')
			.set({
				...{ state: 'queued', code: null, seen, queued_at: now, ended_at: null },
				...{ cursor: null, is_listed: 0, said_total: null },
				// What is known from earlier imports is counted again while it is listed.
				...{ listed: sql<number>`listed - skipped`, skipped: 0 }
			})
			.where('id', '=', id)
			.where('state', 'in', ['done', 'failed'])
			.where('watch', '=', 1)
			.returning('id')
			.executeTakeFirst();
		return row !== undefined;
	}
}
