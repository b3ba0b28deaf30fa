import { sql, type Kysely } from 'kysely';
import type { Release } from '#contracts/release';
import { Releases } from './releases.ts';
import type { Database } from './schema.ts';

/** More than these nobody scrolls through on a first page. */
const MAX_FEATURED = 24;

/** What the portal's owner picked for the first page, in their order. */
export class Featured {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** Those that everybody sees. */
	async list({ limit = MAX_FEATURED }: { limit?: number } = {}): Promise<Release[]> {
		const rows = await this.#db
			.selectFrom('featured')
			.select('release_id')
			.orderBy('position')
			.limit(MAX_FEATURED)
			.execute();
		const ids = rows.map(({ release_id }) => release_id);
		return (await new Releases(this.#db).inOrder(ids, null)).slice(0, limit);
	}

	/** In place of all that were picked before; a release that is named twice counts once, one that is gone is left out. */
	async set(releaseIds: readonly string[]): Promise<void> {
		const ids = JSON.stringify([...new Set(releaseIds)].slice(0, MAX_FEATURED));
		await this.#db.deleteFrom('featured').execute();
		await sql`
			insert into featured (release_id, position)
			select release.id, picked.key from json_each(${ids}) as picked
			join release on release.id = picked.value
		`.execute(this.#db);
	}
}
