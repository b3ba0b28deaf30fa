import { sql, type Kysely } from 'kysely';
import { BIN_DAYS, type BinEntry, type BinPage } from '#contracts/bin';
import { coverUrl } from './cover-url.ts';
import { newId } from './ids.ts';
import { cursorAfter, parseCursor } from './page-cursor.ts';
import type { Database } from './schema.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Tracks that may be deleted together, as they are called. */
export interface Deletable {
	ownerId: string;
	/** Of a whole release. */
	releaseId: string | null;
	name: string;
	artist: string;
}

/** A track that went into the bin, or came out of it. */
export interface Moved {
	id: string;
	ownerId: string;
	/** Whether everybody finds it when it is not in the bin. */
	isPublic: boolean;
}

const moved = ['id', 'owner_id', 'visibility', 'taken_down_at'] as const;

const toMoved = (row: {
	id: string;
	owner_id: string;
	visibility: string;
	taken_down_at: number | null;
}): Moved => ({
	id: row.id,
	ownerId: row.owner_id,
	isPublic: row.visibility === 'public' && row.taken_down_at === null
});

/** As it was: what was taken down before stays so. */
const stateBefore = sql<
	'ready' | 'held'
>`case when taken_down_at is null then 'ready' else 'held' end`;

/** What was deleted and may be put back. Its rows stay, so that plays, links and edits are there when it comes back. */
export class Bin {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** Of these tracks, whose they are and what the first is called; null unless all are there and one person's. */
	async deletableTracks(ids: readonly string[]): Promise<Deletable | null> {
		const rows = await this.#db
			.selectFrom('track')
			.innerJoin('artist', 'artist.id', 'track.artist_id')
			.select(['track.owner_id as ownerId', 'track.title as name', 'artist.name as artist'])
			.where('track.id', 'in', ids)
			.where('track.state', '!=', 'binned')
			.orderBy('track.disc_number')
			.orderBy('track.track_number')
			.orderBy('track.id')
			.limit(ids.length)
			.execute();
		const [first] = rows;
		const isWhole = rows.length === new Set(ids).size;
		if (!first || !isWhole || rows.some(({ ownerId }) => ownerId !== first.ownerId)) return null;
		return { ...first, releaseId: null };
	}

	async deletableRelease(id: string): Promise<Deletable | null> {
		const row = await this.#db
			.selectFrom('release')
			.innerJoin('artist', 'artist.id', 'release.artist_id')
			.select(['release.owner_id as ownerId', 'release.title as name', 'artist.name as artist'])
			.where('release.id', '=', id)
			.executeTakeFirst();
		return row ? { ...row, releaseId: id } : null;
	}

	/** @param ids the tracks; null for all of the release */
	async put(
		entry: Deletable,
		ids: readonly string[] | null,
		now: number
	): Promise<{ id: string; tracks: Moved[] }> {
		const id = newId();
		const update = this.#db
			.updateTable('track')
			.set({ state: 'binned', bin_id: id })
			.where('state', '!=', 'binned')
			.returning(moved);
		const rows = await (
			ids ? update.where('id', 'in', ids) : update.where('release_id', '=', entry.releaseId)
		).execute();
		if (rows.length > 0) {
			await this.#db
				.insertInto('bin_entry')
				.values({
					id,
					owner_id: entry.ownerId,
					release_id: entry.releaseId,
					name: entry.name,
					artist: entry.artist,
					at: now
				})
				.execute();
		}
		return { id, tracks: rows.map(toMoved) };
	}

	/** Everything of somebody who is removed, as one entry. @returns the tracks */
	async putAllOf({ id: ownerId, name }: { id: string; name: string }, now: number) {
		const id = newId();
		const rows = await this.#db
			.updateTable('track')
			.set({ state: 'binned', bin_id: id })
			.where('owner_id', '=', ownerId)
			.where('state', '!=', 'binned')
			.returning('id')
			.execute();
		if (rows.length === 0) return [];
		await this.#db
			.insertInto('bin_entry')
			.values({ id, owner_id: ownerId, release_id: null, name, artist: name, at: now })
			.execute();
		return rows.map((row) => row.id);
	}

	/** What went into the bin when its owner was removed. */
	async entriesOfRemoval(ownerId: string, removedAt: number): Promise<string[]> {
		const rows = await this.#db
			.selectFrom('bin_entry')
			.select('id')
			.where('owner_id', '=', ownerId)
			.where('at', '=', removedAt)
			.execute();
		return rows.map(({ id }) => id);
	}

	/** Whose entry this is; null when there is none. */
	async ownerOf(entryId: string): Promise<string | null> {
		const row = await this.#db
			.selectFrom('bin_entry')
			.select('owner_id')
			.where('id', '=', entryId)
			.executeTakeFirst();
		return row?.owner_id ?? null;
	}

	/** All of an entry comes back, and the entry goes. */
	async restore(entryId: string): Promise<Moved[]> {
		const rows = await this.#db
			.updateTable('track')
			.set({ state: stateBefore, bin_id: null })
			.where('bin_id', '=', entryId)
			.returning(moved)
			.execute();
		await this.removeEntry(entryId);
		return rows.map(toMoved);
	}

	/** Of these tracks, those in the bin come back. */
	async restoreTracks(ids: readonly string[]): Promise<Moved[]> {
		const rows = await this.#db
			.selectFrom('track')
			.select([...moved, 'bin_id'])
			.where('id', 'in', ids)
			.where('state', '=', 'binned')
			.limit(ids.length)
			.execute();
		if (rows.length === 0) return [];
		await this.#db
			.updateTable('track')
			.set({ state: stateBefore, bin_id: null })
			.where(
				'id',
				'in',
				rows.map(({ id }) => id)
			)
			.execute();
		for (const { bin_id } of rows) if (bin_id !== null) await this.#removeIfBare(bin_id);
		return rows.map(toMoved);
	}

	async removeEntry(entryId: string): Promise<void> {
		await this.#db.deleteFrom('bin_entry').where('id', '=', entryId).execute();
	}

	/** Some of what lies in an entry. */
	async tracksIn(entryId: string, limit: number): Promise<string[]> {
		const rows = await this.#db
			.selectFrom('track')
			.select('id')
			.where('bin_id', '=', entryId)
			.limit(limit)
			.execute();
		return rows.map(({ id }) => id);
	}

	/** Entries of one person, the oldest first; or of everybody, from before a time. */
	async entries(which: { ownerId: string } | { before: number }, limit: number): Promise<string[]> {
		const query = this.#db.selectFrom('bin_entry').select('id').orderBy('at').orderBy('id');
		const rows = await (
			'ownerId' in which
				? query.where('owner_id', '=', which.ownerId)
				: query.where('at', '<', which.before)
		)
			.limit(limit)
			.execute();
		return rows.map(({ id }) => id);
	}

	/** Newest first. `cursor` is what the last page gave as `next`. */
	async page(
		ownerId: string,
		{ cursor, limit, now }: { cursor: string | null; limit: number; now: number }
	): Promise<BinPage> {
		const after = parseCursor(cursor);
		const rows = await this.#db
			.selectFrom('bin_entry')
			.leftJoin('release', 'release.id', 'bin_entry.release_id')
			.select((select) => [
				...(['bin_entry.id', 'bin_entry.name', 'bin_entry.artist', 'bin_entry.at'] as const),
				...(['bin_entry.release_id', 'release.cover_hash', 'release.cover_color'] as const),
				select
					.selectFrom('track')
					.select(({ fn }) => fn.countAll<number>().as('n'))
					.whereRef('track.bin_id', '=', 'bin_entry.id')
					.as('tracks'),
				select
					.selectFrom('track')
					.select(({ fn }) => fn.sum<number>('track.original_size').as('bytes'))
					.whereRef('track.bin_id', '=', 'bin_entry.id')
					.as('bytes')
			])
			.where('bin_entry.owner_id', '=', ownerId)
			.$if(after !== null, (query) =>
				query.where(sql<boolean>`(bin_entry.at, bin_entry.id) < (${after?.at}, ${after?.id})`)
			)
			.orderBy('bin_entry.at', 'desc')
			.orderBy('bin_entry.id', 'desc')
			.limit(limit + 1)
			.execute();
		const shown = rows.slice(0, limit);
		const last = shown.at(-1);
		return {
			entries: shown.map((row): BinEntry => ({
				id: row.id,
				name: row.name,
				artist: row.artist,
				isRelease: row.release_id !== null,
				tracks: row.tracks ?? 0,
				bytes: row.bytes ?? 0,
				daysLeft: Math.max(1, Math.ceil((row.at + BIN_DAYS * DAY_MS - now) / DAY_MS)),
				...(row.cover_hash !== null && { coverUrl: coverUrl(row.cover_hash) }),
				...(row.cover_color !== null && { coverColor: row.cover_color })
			})),
			next: rows.length > limit && last ? cursorAfter(last) : null
		};
	}

	async #removeIfBare(entryId: string): Promise<void> {
		await this.#db
			.deleteFrom('bin_entry')
			.where('id', '=', entryId)
			.where(({ not, exists, selectFrom }) =>
				not(
					exists(
						selectFrom('track').select('track.id').whereRef('track.bin_id', '=', 'bin_entry.id')
					)
				)
			)
			.execute();
	}
}
