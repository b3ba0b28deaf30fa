import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';

/** Pictures that were uploaded beside music. */
export class FolderCovers {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	async set(
		personId: string,
		folder: string,
		cover: { hash: string; color: string }
	): Promise<void> {
		await this.#db
			.insertInto('folder_cover')
			.values({
				person_id: personId,
				folder,
				cover_hash: cover.hash,
				cover_color: cover.color
			})
			.onConflict((conflict) =>
				conflict
					.columns(['person_id', 'folder'])
					.doUpdateSet({ cover_hash: cover.hash, cover_color: cover.color })
			)
			.execute();
	}

	async of(personId: string, folder: string): Promise<{ hash: string; color: string } | null> {
		const row = await this.#db
			.selectFrom('folder_cover')
			.select(['cover_hash', 'cover_color'])
			.where('person_id', '=', personId)
			.where('folder', '=', folder)
			.executeTakeFirst();
		return row ? { hash: row.cover_hash, color: row.cover_color } : null;
	}
}
