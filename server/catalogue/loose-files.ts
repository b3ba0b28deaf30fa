import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';
import type { LooseFileTable } from './schema/removal.ts';

export type LooseFile = LooseFileTable;

/**
 * Erasing tracks, and the bytes that they leave. The bytes are written down in the transaction that takes the rows,
 * and go after it: a crash in between leaves a list of what is still to go.
 */
export class LooseFiles {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** Takes tracks away for good. @returns the releases that they were on */
	async eraseTracks(ids: readonly string[]): Promise<string[]> {
		const tracks = await this.#db
			.selectFrom('track')
			.select(['original_sha256', 'cover_hash', 'release_id'])
			.where('id', 'in', ids)
			.limit(ids.length)
			.execute();
		const earlier = await this.#db
			.selectFrom('earlier_original')
			.select('sha256')
			.where('track_id', 'in', ids)
			.execute();
		await this.add([
			...tracks.map(({ original_sha256 }) => looseFile('original', original_sha256)),
			...earlier.map(({ sha256 }) => looseFile('original', sha256)),
			...tracks.flatMap(({ cover_hash }) =>
				cover_hash === null ? [] : [looseFile('cover', cover_hash)]
			)
		]);
		await this.#db.deleteFrom('track').where('id', 'in', ids).execute();
		return [...new Set(tracks.flatMap(({ release_id }) => release_id ?? []))];
	}

	async add(files: readonly LooseFile[]): Promise<void> {
		if (files.length === 0) return;
		await this.#db
			.insertInto('loose_file')
			.values([...files])
			.onConflict((conflict) => conflict.doNothing())
			.execute();
	}

	/** Hashes in their order, a page at a time. */
	async some(
		kind: LooseFile['kind'],
		{ after, limit }: { after: string; limit: number }
	): Promise<string[]> {
		const rows = await this.#db
			.selectFrom('loose_file')
			.select('hash')
			.where('kind', '=', kind)
			.where('hash', '>', after)
			.orderBy('hash')
			.limit(limit)
			.execute();
		return rows.map(({ hash }) => hash);
	}

	/** They are gone, or wanted. */
	async settle({ kind, hash }: LooseFile): Promise<void> {
		await this.#db
			.deleteFrom('loose_file')
			.where('kind', '=', kind)
			.where('hash', '=', hash)
			.execute();
	}

	/** Whether an original was one of a track's before a better one came. */
	async isEarlierOriginal(sha256: string): Promise<boolean> {
		const row = await this.#db
			.selectFrom('earlier_original')
			.select('sha256')
			.where('sha256', '=', sha256)
			.limit(1)
			.executeTakeFirst();
		return row !== undefined;
	}

	/** Whether a picture is on anything, or is somebody's to put on something. */
	async isCover(hash: string): Promise<boolean> {
		const row = await this.#db
			.selectFrom('track')
			.select('cover_hash')
			.where('cover_hash', '=', hash)
			.unionAll(this.#db.selectFrom('release').select('cover_hash').where('cover_hash', '=', hash))
			.unionAll(this.#db.selectFrom('cover').select('hash as cover_hash').where('hash', '=', hash))
			.unionAll(
				this.#db
					.selectFrom('artist')
					.select('picture_hash as cover_hash')
					.where('picture_hash', '=', hash)
			)
			.unionAll(
				this.#db.selectFrom('folder_cover').select('cover_hash').where('cover_hash', '=', hash)
			)
			.unionAll(
				this.#db.selectFrom('suggestion').select('cover_hash').where('cover_hash', '=', hash)
			)
			.limit(1)
			.executeTakeFirst();
		return row !== undefined;
	}
}

const looseFile = (kind: LooseFile['kind'], hash: string): LooseFile => ({ kind, hash });
