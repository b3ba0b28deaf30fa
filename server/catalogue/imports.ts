import { sql, type Kysely, type Selectable, type Updateable } from 'kysely';
import type { ImportFailure, ImportSource, ImportState } from '#contracts/import';
import type { Database } from './schema.ts';
import type { ImportTable } from './schema/imports.ts';

/** An import as it is kept. */
export interface StoredImport {
	id: string;
	personId: string;
	source: ImportSource;
	place: string;
	label: string;
	/** The order without its secrets, as JSON. */
	body: string;
	/** Encrypted. */
	secret: string | null;
	publish: boolean;
	state: ImportState;
	code: ImportFailure | null;
	cursor: string | null;
	isListed: boolean;
	saidTotal: number | null;
	listed: number;
	done: number;
	skipped: number;
	failed: number;
	bytes: number;
	createdAt: number;
	queuedAt: number;
	endedAt: number | null;
	/** Whether it looks again by itself when its place changes. */
	watch: boolean;
	/** What its place looked like when it was looked at last. */
	seen: string | null;
	shared: number;
	copied: number;
	altered: number;
	gone: number;
	playlists: number;
}

type AddedImport = Pick<
	StoredImport,
	'id' | 'personId' | 'source' | 'place' | 'label' | 'body' | 'secret' | 'publish'
> & { watch?: boolean; now: number };

/** What is added to an import's counts. */
export interface Counted {
	listed?: number;
	done?: number;
	skipped?: number;
	failed?: number;
	bytes?: number;
}

const OPEN: readonly ImportState[] = ['queued', 'running', 'paused'];

export const toImport = (row: Selectable<ImportTable>): StoredImport => ({
	id: row.id,
	personId: row.person_id,
	source: row.source,
	place: row.place,
	label: row.label,
	body: row.body,
	secret: row.secret,
	publish: row.publish === 1,
	state: row.state,
	code: row.code,
	cursor: row.cursor,
	isListed: row.is_listed === 1,
	saidTotal: row.said_total,
	listed: row.listed,
	done: row.done,
	skipped: row.skipped,
	failed: row.failed,
	bytes: row.bytes,
	createdAt: row.created_at,
	queuedAt: row.queued_at,
	endedAt: row.ended_at,
	watch: row.watch === 1,
	seen: row.seen,
	shared: row.shared,
	copied: row.copied,
	altered: row.altered,
	gone: row.gone,
	playlists: row.playlists
});

/** Who imports what, and how far it is. */
export class Imports {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	async byId(id: string): Promise<StoredImport | null> {
		const row = await this.#db
			.selectFrom('import')
			.selectAll()
			.where('id', '=', id)
			.executeTakeFirst();
		return row ? toImport(row) : null;
	}

	/** The one of this person and place that has not ended. */
	async openAt(personId: string, place: string): Promise<StoredImport | null> {
		const row = await this.#db
			.selectFrom('import')
			.selectAll()
			.where('person_id', '=', personId)
			.where('place', '=', place)
			.where(sql<boolean>`state in ('queued', 'running', 'paused')`)
			.executeTakeFirst();
		return row ? toImport(row) : null;
	}

	/** Newest first. */
	async ofPerson(personId: string, limit: number): Promise<StoredImport[]> {
		const rows = await this.#db
			.selectFrom('import')
			.selectAll()
			.where('person_id', '=', personId)
			.orderBy('created_at', 'desc')
			.orderBy('id')
			.limit(limit)
			.execute();
		return rows.map(toImport);
	}

	/** Those in a state, in the order in which they came into line. */
	async inState(state: ImportState, limit: number): Promise<StoredImport[]> {
		const rows = await this.#db
			.selectFrom('import')
			.selectAll()
			.where('state', '=', state)
			.orderBy('queued_at')
			.limit(limit)
			.execute();
		return rows.map(toImport);
	}

	/** False when one of the same person and place is open already. */
	async add(added: AddedImport): Promise<boolean> {
		const row = await this.#db
			.insertInto('import')
			.values({
				id: added.id,
				person_id: added.personId,
				source: added.source,
				place: added.place,
				label: added.label,
				body: added.body,
				secret: added.secret,
				publish: added.publish ? 1 : 0,
				state: 'queued',
				code: null,
				cursor: null,
				is_listed: 0,
				said_total: null,
				listed: 0,
				done: 0,
				skipped: 0,
				failed: 0,
				bytes: 0,
				created_at: added.now,
				queued_at: added.now,
				ended_at: null,
				watch: added.watch ? 1 : 0,
				seen: null,
				...{ shared: 0, copied: 0, altered: 0, gone: 0, playlists: 0 }
			})
			.onConflict((conflict) => conflict.doNothing())
			.returning('id')
			.executeTakeFirst();
		return row !== undefined;
	}

	/**
	 * Moves it on if it is in one of the states `from`; false when it was not. What has ended forgets its secret.
	 * @param to.secret a new one, for an import that is tried again
	 */
	async move(
		id: string,
		from: readonly ImportState[],
		to: { state: ImportState; code?: ImportFailure | null; secret?: string | null; now: number }
	): Promise<boolean> {
		const isOpen = OPEN.includes(to.state);
		const set: Updateable<ImportTable> = {
			state: to.state,
			code: to.code ?? null,
			ended_at: isOpen ? null : to.now,
			...(to.state === 'queued' && { queued_at: to.now }),
			...(to.secret !== undefined && { secret: to.secret }),
			...(!isOpen && { secret: null })
		};
		const row = await this.#db
			.updateTable('import')
			.set(set)
			.where('id', '=', id)
			.where('state', 'in', from)
			.returning('id')
			.executeTakeFirst();
		return row !== undefined;
	}

	/** What came of listing: where it goes on, and what of it is known already. */
	async listedTo(
		id: string,
		page: { cursor: string | null; isListed: boolean; saidTotal: number | null } & Counted
	): Promise<void> {
		const { cursor, isListed, saidTotal, ...counted } = page;
		await this.#db
			.updateTable('import')
			.set({ cursor, is_listed: isListed ? 1 : 0, said_total: saidTotal, ...added(counted) })
			.where('id', '=', id)
			.execute();
	}

	async count(id: string, counted: Counted): Promise<void> {
		await this.#db.updateTable('import').set(added(counted)).where('id', '=', id).execute();
	}

	async countPlaylists(id: string, playlists: number): Promise<void> {
		await this.#db.updateTable('import').set({ playlists }).where('id', '=', id).execute();
	}

	async rename(id: string, label: string): Promise<void> {
		await this.#db.updateTable('import').set({ label }).where('id', '=', id).execute();
	}
}

/** Only names of our own are written out. */
const added = (counted: Counted) =>
	Object.fromEntries(
		Object.entries(counted).map(([name, by]) => [
			name,
			sql<number>`${sql.ref(name)} + ${by as number}`
		])
	) as Updateable<ImportTable>;
