import { sql, type Kysely } from 'kysely';
import type { TakeDown, TakenDownPage } from '#contracts/report';
import type { Visibility } from '#contracts/track';
import type { Shown } from '../audiences.ts';
import { cursorAfter, parseCursor } from './page-cursor.ts';
import type { Database } from './schema.ts';

/** Music that the portal's owner hides from everybody but its artist. */
export class TakeDowns {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** The same bytes, sent again, are taken down with it. @returns its tracks, as they were shown until now */
	async add({ kind, id, reason }: TakeDown, now: number): Promise<Shown[]> {
		const ofTarget = kind === 'track' ? 'id' : 'release_id';
		const rows = await this.#db
			.updateTable('track')
			.set({
				state: sql`case when state = 'binned' then 'binned' else 'held' end`,
				taken_down_at: now,
				taken_down_reason: reason
			})
			.where(ofTarget, '=', id)
			.returning(['id', 'owner_id', 'visibility', 'state', 'original_sha256'])
			.execute();
		for (const { original_sha256: sha256 } of rows) {
			await this.#db
				.insertInto('barred_original')
				.values({ sha256, reason })
				.onConflict((conflict) => conflict.column('sha256').doUpdateSet({ reason }))
				.execute();
		}
		return rows.map(({ state, ...row }) => toShown(row, state !== 'binned'));
	}

	/** @returns its tracks, as they are shown now */
	async remove({ kind, id }: Pick<TakeDown, 'kind' | 'id'>): Promise<Shown[]> {
		const ofTarget = kind === 'track' ? 'id' : 'release_id';
		const rows = await this.#db
			.updateTable('track')
			.set({
				state: sql`case when state = 'held' then 'ready' else state end`,
				taken_down_at: null,
				taken_down_reason: null
			})
			.where(ofTarget, '=', id)
			.where('taken_down_at', 'is not', null)
			.returning(['id', 'owner_id', 'visibility', 'state', 'original_sha256'])
			.execute();
		for (const { original_sha256: sha256 } of rows) {
			await this.#db.deleteFrom('barred_original').where('sha256', '=', sha256).execute();
		}
		return rows.map(({ state, ...row }) => toShown(row, state === 'ready'));
	}

	/** A track whose bytes were taken down before is taken down too. @returns whether it is */
	async holdIfBarred(trackId: string, sha256: string, now: number): Promise<boolean> {
		const barred = await this.#db
			.selectFrom('barred_original')
			.select('reason')
			.where('sha256', '=', sha256)
			.executeTakeFirst();
		if (!barred) return false;
		await this.#db
			.updateTable('track')
			.set({ state: 'held', taken_down_at: now, taken_down_reason: barred.reason })
			.where('id', '=', trackId)
			.execute();
		return true;
	}

	/** The last one first. `cursor` is what the last page gave as `next`. */
	async page({ cursor, limit }: { cursor: string | null; limit: number }): Promise<TakenDownPage> {
		const after = parseCursor(cursor);
		const rows = await this.#db
			.selectFrom('track')
			.innerJoin('artist', 'artist.id', 'track.artist_id')
			.select(['track.id', 'track.slug', 'track.title', 'artist.name as artist'])
			.select(['track.taken_down_reason as reason', 'track.taken_down_at as at'])
			.where('track.taken_down_at', 'is not', null)
			.$if(after !== null, (query) =>
				query.where(sql<boolean>`(track.taken_down_at, track.id) < (${after?.at}, ${after?.id})`)
			)
			.orderBy('track.taken_down_at', 'desc')
			.orderBy('track.id', 'desc')
			.limit(limit + 1)
			.execute();
		const shown = rows.slice(0, limit);
		const last = shown.at(-1);
		return {
			tracks: shown.map(({ reason, at, ...track }) => ({
				...track,
				reason: reason ?? '',
				at: new Date(at ?? 0).toISOString()
			})),
			next: rows.length > limit && last ? cursorAfter({ at: last.at ?? 0, id: last.id }) : null
		};
	}
}

const toShown = (
	{ id, owner_id: ownerId, visibility }: { id: string; owner_id: string; visibility: Visibility },
	isThere: boolean
): Shown => ({ id, ownerId, isPublic: isThere && visibility === 'public' });
