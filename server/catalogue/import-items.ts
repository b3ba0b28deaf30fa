import { sql, type Kysely, type Selectable, type Updateable } from 'kysely';
import type { ImportItem, ImportItemState, ItemFailure } from '#contracts/import';
import type { Description } from '#contracts/upload';
import type { Database } from './schema.ts';
import type { ImportItemTable, Kept } from './schema/imports.ts';

/** An item as it is kept. */
export interface StoredItem {
	id: number;
	importId: string;
	sourceId: string;
	state: ImportItemState;
	name: string;
	path: string | null;
	size: number | null;
	type: string | null;
	sha256: string | null;
	description: Description | null;
	locator: string | null;
	validator: string | null;
	wholeSize: number | null;
	attempts: number;
	/** The upload that it became last. */
	uploadId: string | null;
	kept: Kept | null;
	keptVersion: string | null;
}

/** What is known of an item from before. */
interface KnownItem {
	sourceId: string;
	importId: string;
	state: ImportItemState;
	changed: string | null;
}

export interface AddedItem {
	sourceId: string;
	state: 'waiting' | 'duplicate';
	name: string;
	path: string | null;
	size: number | null;
	changed: string | null;
	type: string | null;
	sha256: string | null;
	description: Description | null;
	locator: string | null;
}

const toItem = (row: Selectable<ImportItemTable>): StoredItem => ({
	id: row.id,
	importId: row.import_id,
	sourceId: row.source_id,
	state: row.state,
	name: row.name,
	path: row.path,
	size: row.size,
	type: row.type,
	sha256: row.sha256,
	description: row.description === null ? null : (JSON.parse(row.description) as Description),
	locator: row.locator,
	validator: row.validator,
	wholeSize: row.whole_size,
	attempts: row.attempts,
	uploadId: row.upload_id,
	kept: row.kept,
	keptVersion: row.kept_version
});

/** What imports found at their places, and what became of each. */
export class ImportItems {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** Of these, what is known: one question for a page. */
	async known(
		personId: string,
		place: string,
		sourceIds: readonly string[]
	): Promise<Map<string, KnownItem>> {
		if (sourceIds.length === 0) return new Map();
		const rows = await this.#db
			.selectFrom('import_item')
			.select(['source_id', 'import_id', 'state', 'changed'])
			.where('person_id', '=', personId)
			.where('place', '=', place)
			.where('source_id', 'in', sourceIds)
			.execute();
		return new Map(
			rows.map((row) => [
				row.source_id,
				{
					sourceId: row.source_id,
					importId: row.import_id,
					state: row.state,
					changed: row.changed
				}
			])
		);
	}

	/** New ones, and those that are to be fetched anew: from now on they are this import's. */
	async take(
		owner: { personId: string; place: string; importId: string },
		items: readonly AddedItem[]
	): Promise<void> {
		if (items.length === 0) return;
		await this.#db
			.insertInto('import_item')
			.values(
				items.map((item) => ({
					person_id: owner.personId,
					place: owner.place,
					import_id: owner.importId,
					source_id: item.sourceId,
					state: item.state,
					code: null,
					name: item.name,
					path: item.path,
					size: item.size,
					changed: item.changed,
					type: item.type,
					sha256: item.sha256,
					description: item.description && JSON.stringify(item.description),
					locator: item.locator,
					validator: null,
					whole_size: null,
					upload_id: null,
					attempts: 0,
					run_at: 0,
					...{ kept: null, kept_version: null }
				}))
			)
			.onConflict((conflict) =>
				conflict.columns(['person_id', 'place', 'source_id']).doUpdateSet((excluded) => ({
					import_id: excluded.ref('excluded.import_id'),
					state: excluded.ref('excluded.state'),
					code: null,
					name: excluded.ref('excluded.name'),
					path: excluded.ref('excluded.path'),
					size: excluded.ref('excluded.size'),
					changed: excluded.ref('excluded.changed'),
					type: excluded.ref('excluded.type'),
					sha256: excluded.ref('excluded.sha256'),
					description: excluded.ref('excluded.description'),
					locator: excluded.ref('excluded.locator'),
					validator: null,
					whole_size: null,
					attempts: 0,
					run_at: 0
					// How the file was kept before says whether its own bytes were written to.
				}))
			)
			.execute();
	}

	/** The next that is due and not among those under way. */
	async next(importId: string, busy: readonly number[], now: number): Promise<StoredItem | null> {
		const row = await this.#db
			.selectFrom('import_item')
			.selectAll()
			.where('import_id', '=', importId)
			.where(sql<boolean>`state = 'waiting'`)
			.where('run_at', '<=', now)
			.$if(busy.length > 0, (query) => query.where('id', 'not in', busy))
			.orderBy('run_at')
			.orderBy('id')
			.limit(1)
			.executeTakeFirst();
		return row ? toItem(row) : null;
	}

	/** When the next is due; null when none waits. */
	async nextAt(importId: string): Promise<number | null> {
		const row = await this.#db
			.selectFrom('import_item')
			.select('run_at')
			.where('import_id', '=', importId)
			.where(sql<boolean>`state = 'waiting'`)
			.orderBy('run_at')
			.limit(1)
			.executeTakeFirst();
		return row?.run_at ?? null;
	}

	async change(
		id: number,
		to: {
			state?: ImportItemState;
			code?: ItemFailure | null;
			validator?: string | null;
			wholeSize?: number | null;
			description?: Description;
			uploadId?: string;
			kept?: Kept | null;
			keptVersion?: string | null;
			attempts?: number;
			runAt?: number;
		}
	): Promise<void> {
		const set: Updateable<ImportItemTable> = {};
		if (to.state !== undefined) set.state = to.state;
		if (to.code !== undefined) set.code = to.code;
		if (to.validator !== undefined) set.validator = to.validator;
		if (to.wholeSize !== undefined) set.whole_size = to.wholeSize;
		if (to.description !== undefined) set.description = JSON.stringify(to.description);
		if (to.uploadId !== undefined) set.upload_id = to.uploadId;
		if (to.kept !== undefined) set.kept = to.kept;
		if (to.keptVersion !== undefined) set.kept_version = to.keptVersion;
		if (to.attempts !== undefined) set.attempts = to.attempts;
		if (to.runAt !== undefined) set.run_at = to.runAt;
		await this.#db.updateTable('import_item').set(set).where('id', '=', id).execute();
	}

	/** Those of an import whose uploads have an outcome that they do not say yet. */
	async settled(
		importId: string,
		limit: number
	): Promise<{ id: number; state: 'ready' | 'duplicate' | 'failed'; code: ItemFailure | null }[]> {
		const rows = await this.#db
			.selectFrom('import_item')
			.innerJoin('upload', 'upload.id', 'import_item.upload_id')
			.select(['import_item.id', 'upload.state', 'upload.code'])
			.where('import_item.import_id', '=', importId)
			.where('import_item.state', '=', 'processing')
			.where('upload.state', 'in', ['ready', 'duplicate', 'failed', 'cancelled'])
			.limit(limit)
			.execute();
		return rows.map(({ id, state, code }) => ({
			id,
			state: state === 'ready' || state === 'duplicate' ? state : 'failed',
			code: state === 'failed' ? (code ?? 'unexpected') : null
		}));
	}

	async settle(ids: readonly number[], state: ImportItemState, code: ItemFailure | null) {
		if (ids.length === 0) return;
		await this.#db.updateTable('import_item').set({ state, code }).where('id', 'in', ids).execute();
	}

	async hasProcessing(importId: string): Promise<boolean> {
		const row = await this.#db
			.selectFrom('import_item')
			.select('id')
			.where('import_id', '=', importId)
			.where('state', '=', 'processing')
			.limit(1)
			.executeTakeFirst();
		return row !== undefined;
	}

	/** What failed is to be tried again. @returns how many */
	async retryFailed(importId: string): Promise<number> {
		const rows = await this.#db
			.updateTable('import_item')
			.set({ state: 'waiting', code: null, attempts: 0, run_at: 0 })
			.where('import_id', '=', importId)
			.where('state', '=', 'failed')
			.returning('id')
			.execute();
		return rows.length;
	}

	/** Of these ids, those whose bytes are still wanted. */
	async wantedAmong(ids: readonly number[]): Promise<Set<number>> {
		if (ids.length === 0) return new Set();
		const rows = await this.#db
			.selectFrom('import_item')
			.innerJoin('import', 'import.id', 'import_item.import_id')
			.select('import_item.id')
			.where('import_item.id', 'in', ids)
			.where('import_item.state', '=', 'waiting')
			.where('import.state', '!=', 'cancelled')
			.execute();
		return new Set(rows.map(({ id }) => id));
	}

	/** By id, from `after` on. */
	async list(
		importId: string,
		{ state, after, limit }: { state: ImportItemState; after: number; limit: number }
	): Promise<ImportItem[]> {
		const rows = await this.#db
			.selectFrom('import_item')
			.leftJoin('upload', 'upload.id', 'import_item.upload_id')
			.select([
				...(['import_item.id', 'import_item.name', 'import_item.state'] as const),
				...(['import_item.code', 'import_item.upload_id', 'upload.track_id'] as const)
			])
			.where('import_item.import_id', '=', importId)
			.where('import_item.state', '=', state)
			.where('import_item.id', '>', after)
			.orderBy('import_item.id')
			.limit(limit)
			.execute();
		return rows.map((row) => ({
			id: row.id,
			name: row.name,
			state: row.state,
			...(row.code !== null && { code: row.code }),
			...(row.upload_id !== null && { uploadId: row.upload_id }),
			...(row.track_id !== null && { trackId: row.track_id })
		}));
	}
}
