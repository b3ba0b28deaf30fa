import { sql, type Kysely, type Selectable, type Updateable } from 'kysely';
import {
	OPEN_STATES,
	UNFINISHED_STATES,
	type Description,
	type Failure,
	type UploadState
} from '#contracts/upload';
import type { Metadata } from '../metadata.ts';
import type { Database } from './schema.ts';
import type { UploadTable } from './schema/uploads.ts';

/** An upload as it is kept. How far its bytes came is not here: only the file knows. */
export interface StoredUpload {
	id: string;
	personId: string;
	key: string;
	name: string;
	path: string | null;
	/** Bytes. */
	size: number;
	type: string | null;
	/** When the file was last written to, in milliseconds since 1970, as the client announced it. */
	lastModified: number | null;
	sha256: string | null;
	publish: boolean;
	/** Whether the person said so after registering: then no registration says otherwise. */
	publishSaid: boolean;
	/** What its person says about it, which goes before its tags. */
	description: Description | null;
	/** What its tags say about it; null until they are read. */
	tags: Metadata | null;
	state: UploadState;
	code: Failure | null;
	trackId: string | null;
	/** The track whose original this is to become, whatever it sounds like. */
	replacesId: string | null;
	changed: number;
	createdAt: number;
	activeAt: number;
}

export interface AddedUpload {
	id: string;
	personId: string;
	key: string;
	name: string;
	path: string | null;
	size: number;
	type: string | null;
	lastModified: number | null;
	sha256: string | null;
	publish: boolean;
	publishSaid: boolean;
	description: Description | null;
	replacesId?: string | null;
	now: number;
}

/** Written out and not bound: only then SQLite sees that an index of open uploads holds all of them. */
const isInOpenState = sql<boolean>`state in (${sql.join(OPEN_STATES.map((state) => sql.lit(state)))})`;

/** A large folder is announced part by part, as it is sent. */
const DAY_MS = 24 * 60 * 60_000;

const nextChange = sql<number>`(select coalesce(max(changed), 0) + 1 from upload)`;

/** What we wrote ourselves. */
const parsed = <T>(json: string | null): T | null => (json === null ? null : JSON.parse(json));

const toUpload = (row: Selectable<UploadTable>): StoredUpload => ({
	id: row.id,
	personId: row.person_id,
	key: row.key,
	name: row.name,
	path: row.path,
	size: row.size,
	type: row.type,
	lastModified: row.last_modified,
	sha256: row.sha256,
	publish: row.publish === 1,
	publishSaid: row.publish_said === 1,
	description: parsed<Description>(row.description),
	tags: parsed<Metadata>(row.tags),
	state: row.state,
	code: row.code,
	trackId: row.track_id,
	replacesId: row.replaces_id,
	changed: row.changed,
	createdAt: row.created_at,
	activeAt: row.active_at
});

export class Uploads {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	async byId(id: string): Promise<StoredUpload | null> {
		const row = await this.#db
			.selectFrom('upload')
			.selectAll()
			.where('id', '=', id)
			.executeTakeFirst();
		return row ? toUpload(row) : null;
	}

	async byKey(personId: string, key: string): Promise<StoredUpload | null> {
		const row = await this.#db
			.selectFrom('upload')
			.selectAll()
			.where('person_id', '=', personId)
			.where('key', '=', key)
			.executeTakeFirst();
		return row ? toUpload(row) : null;
	}

	async add(upload: AddedUpload): Promise<void> {
		await this.#db
			.insertInto('upload')
			.values({
				id: upload.id,
				person_id: upload.personId,
				key: upload.key,
				name: upload.name,
				path: upload.path,
				size: upload.size,
				type: upload.type,
				last_modified: upload.lastModified,
				sha256: upload.sha256,
				publish: upload.publish ? 1 : 0,
				publish_said: upload.publishSaid ? 1 : 0,
				description: upload.description && JSON.stringify(upload.description),
				tags: null,
				state: 'waiting',
				code: null,
				track_id: null,
				replaces_id: upload.replacesId ?? null,
				changed: nextChange,
				created_at: upload.now,
				active_at: upload.now
			})
			.execute();
	}

	/** Frees a key for another try: what ended badly is not in the way of a new upload of the same file. */
	async releaseKey(id: string): Promise<void> {
		await this.#db
			.updateTable('upload')
			.set({ key: sql<string>`key || ':' || id` })
			.where('id', '=', id)
			.execute();
	}

	/** Of these ids, the uploads of this person. */
	async ownedAmong(personId: string, ids: readonly string[]): Promise<StoredUpload[]> {
		if (ids.length === 0) return [];
		const rows = await this.#db
			.selectFrom('upload')
			.selectAll()
			.where('id', 'in', ids)
			.where('person_id', '=', personId)
			.orderBy('id')
			.limit(ids.length)
			.execute();
		return rows.map(toUpload);
	}

	async describe(id: string, description: Description): Promise<void> {
		await this.#db
			.updateTable('upload')
			.set({ description: JSON.stringify(description), changed: nextChange })
			.where('id', '=', id)
			.execute();
	}

	/** What the person says about publishing, which no registration changes. */
	async publish(id: string, publish: boolean): Promise<void> {
		await this.#db
			.updateTable('upload')
			.set({ publish: publish ? 1 : 0, publish_said: 1, changed: nextChange })
			.where('id', '=', id)
			.execute();
	}

	/** It stands in the place of an earlier one: what is made of names and folders stays. */
	async standFor(id: string, earlier: { name: string; path: string | null }): Promise<void> {
		const { name, path } = earlier;
		await this.#db.updateTable('upload').set({ name, path }).where('id', '=', id).execute();
	}

	async keepTags(id: string, tags: Metadata): Promise<void> {
		await this.#db
			.updateTable('upload')
			.set({ tags: JSON.stringify(tags) })
			.where('id', '=', id)
			.execute();
	}

	/** What its bytes must come to, when there are still bytes to come. */
	async expectHash(id: string, sha256: string): Promise<void> {
		await this.#db
			.updateTable('upload')
			.set({ sha256 })
			.where('id', '=', id)
			.where('state', 'in', OPEN_STATES)
			.execute();
	}

	/** A sign of life, so that a slow upload does not grow old. */
	async touch(id: string, now: number): Promise<void> {
		await this.#db.updateTable('upload').set({ active_at: now }).where('id', '=', id).execute();
	}

	/** Moves an upload on if it is in one of the states `from`; false when it was not. */
	async move(
		id: string,
		from: readonly UploadState[],
		to: { state: UploadState; code?: Failure | null; trackId?: string; now: number }
	): Promise<boolean> {
		const set: Updateable<UploadTable> = { state: to.state, active_at: to.now };
		if (to.code !== undefined) set.code = to.code;
		if (to.trackId !== undefined) set.track_id = to.trackId;
		const row = await this.#db
			.updateTable('upload')
			.set({ ...set, changed: nextChange })
			.where('id', '=', id)
			.where('state', 'in', from)
			.returning('id')
			.executeTakeFirst();
		return row !== undefined;
	}

	/** What came of these uploads is erased: the same files may be sent anew, and what was said of them is forgotten. */
	async forgetTracks(trackIds: readonly string[], now: number): Promise<void> {
		const rows = await this.#db
			.selectFrom('upload')
			.select('id')
			.where('track_id', 'in', trackIds)
			.execute();
		for (const { id } of rows) {
			await this.#db
				.updateTable('upload')
				.set({
					...{ state: 'cancelled', track_id: null, code: null, description: null, tags: null },
					...{ publish_said: 0, changed: nextChange, active_at: now }
				})
				.where('id', '=', id)
				.execute();
		}
	}

	/** What changed after `since`, oldest change first; `isOpen` leaves those out whose bytes are all here. */
	async changedSince(
		personId: string,
		{ since, isOpen, limit }: { since: number; isOpen: boolean; limit: number }
	): Promise<StoredUpload[]> {
		const rows = await this.#db
			.selectFrom('upload')
			.selectAll()
			.where('person_id', '=', personId)
			.where('changed', '>', since)
			.$if(isOpen, (query) => query.where(isInOpenState))
			.orderBy('changed')
			.limit(limit)
			.execute();
		return rows.map(toUpload);
	}

	/** How many arrived of those that a person announced up to a day before the oldest that is open; 0 where none is. */
	async arrivedBesideOpen(personId: string): Promise<number> {
		const { arrived } = await this.#db
			.selectFrom('upload')
			.select(({ fn }) => fn.countAll<number | string>().as('arrived'))
			.where('person_id', '=', personId)
			.where('state', 'not in', [...OPEN_STATES, 'cancelled', 'failed'])
			.where('created_at', '>=', ({ selectFrom }) =>
				selectFrom('upload as open')
					.select(({ fn, eb }) => eb(fn.min('open.created_at'), '-', DAY_MS).as('first'))
					.where('open.person_id', '=', personId)
					.where('open.state', 'in', OPEN_STATES)
			)
			.executeTakeFirstOrThrow();
		return Number(arrived);
	}

	/** Uploads in open states, a page at a time by id: for the reconciler. */
	async open(afterId: string, limit: number): Promise<StoredUpload[]> {
		return this.#inStates(OPEN_STATES, afterId, limit);
	}

	/** Uploads whose bytes are here and whose outcome is not: each must have a job. */
	async unfinished(afterId: string, limit: number): Promise<StoredUpload[]> {
		return this.#inStates(UNFINISHED_STATES, afterId, limit);
	}

	/** Open uploads that nothing was heard of since `before`. */
	async idleSince(before: number, limit: number): Promise<StoredUpload[]> {
		const rows = await this.#db
			.selectFrom('upload')
			.selectAll()
			.where('state', 'in', OPEN_STATES)
			.where('active_at', '<', before)
			.orderBy('active_at')
			.limit(limit)
			.execute();
		return rows.map(toUpload);
	}

	/** Of these ids, those whose bytes are still wanted: of what was given up, while its job is kept. */
	async wantedAmong(ids: readonly string[]): Promise<Set<string>> {
		if (ids.length === 0) return new Set();
		const rows = await this.#db
			.selectFrom('upload')
			.select('id')
			.where('id', 'in', ids)
			.where((where) =>
				where.or([
					where('state', 'in', [...OPEN_STATES, ...UNFINISHED_STATES]),
					where.and([
						where('code', '=', 'poison'),
						where.exists(
							where
								.selectFrom('job')
								.select('job.id')
								.where('job.key', '=', sql<string>`'ingest:' || upload.id`)
						)
					])
				])
			)
			.execute();
		return new Set(rows.map(({ id }) => id));
	}

	/** Somebody chose this picture for music of theirs. */
	async isCoverSaid(personId: string, hash: string): Promise<boolean> {
		const row = await this.#db
			.selectFrom('upload')
			.select('id')
			.where(sql<string>`json_extract(description, '$.cover')`, '=', hash)
			.where('person_id', '=', personId)
			.limit(1)
			.executeTakeFirst();
		return row !== undefined;
	}

	async #inStates(states: readonly UploadState[], afterId: string, limit: number) {
		const rows = await this.#db
			.selectFrom('upload')
			.selectAll()
			.where('state', 'in', states)
			.where('id', '>', afterId)
			.orderBy('id')
			.limit(limit)
			.execute();
		return rows.map(toUpload);
	}
}
