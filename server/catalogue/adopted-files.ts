import { sql, type Kysely } from 'kysely';
import { toImport, type StoredImport } from './imports.ts';
import type { Database } from './schema.ts';
import type { Kept } from './schema/imports.ts';

/** Files that the portal was asked to leave where they lie. */
export class AdoptedFiles {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** Imports that share files with their places, from behind `after` on. */
	async sharing(after: string, limit: number): Promise<StoredImport[]> {
		const rows = await this.#db
			.selectFrom('import')
			.selectAll()
			.where('id', '>', after)
			.where(sql<boolean>`shared > 0`)
			.orderBy('id')
			.limit(limit)
			.execute();
		return rows.map(toImport);
	}

	/** How the files of an import that became tracks are kept. */
	async keptCounts(importId: string): Promise<Record<Kept, number>> {
		const rows = await this.#db
			.selectFrom('import_item')
			.select(['kept', ({ fn }) => fn.countAll<number>().as('n')])
			.where('import_id', '=', importId)
			.where(sql<boolean>`kept is not null`)
			.where('state', '=', 'ready')
			.groupBy('kept')
			.execute();
		const counts = { copied: 0, cloned: 0, linked: 0 };
		for (const { kept, n } of rows) if (kept) counts[kept] = n;
		return counts;
	}

	/** Items that are kept by another name of the same file, by id, from `after` on. */
	async linked(
		importId: string,
		{ after, limit }: { after: number; limit: number }
	): Promise<{ id: number; locator: string | null; keptVersion: string | null }[]> {
		const rows = await this.#db
			.selectFrom('import_item')
			.select(['id', 'locator', 'kept_version'])
			.where('import_id', '=', importId)
			.where('kept', '=', 'linked')
			.where('state', '=', 'ready')
			.where('id', '>', after)
			.orderBy('id')
			.limit(limit)
			.execute();
		return rows.map(({ id, locator, kept_version }) => ({
			...{ id, locator },
			keptVersion: kept_version
		}));
	}

	/** What was found of the files that share their bytes. */
	async looked(
		id: string,
		found: Pick<StoredImport, 'shared' | 'copied' | 'altered' | 'gone'>
	): Promise<void> {
		await this.#db.updateTable('import').set(found).where('id', '=', id).execute();
	}
}
