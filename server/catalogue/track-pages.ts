import type { Kysely } from 'kysely';
import type { Person } from '#contracts/account';
import type { TrackPage } from '#contracts/track';
import { cursorOf, placeOf } from './cursor.ts';
import type { Database } from './schema.ts';
import { Tracks } from './tracks.ts';

type Place = [createdAt: number, id: string];

/** All tracks that a viewer sees, newest first: what everybody finds, and beside it what they alone see. */
export class TrackPages {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** @param ask.cursor what the last page gave as `next`; one that was not made here begins at the beginning */
	async page(ask: {
		viewer: Person | null;
		limit: number;
		cursor: string | null;
	}): Promise<TrackPage> {
		const { viewer, limit } = ask;
		const after = placeOf<Place>(ask.cursor, ['number', 'string']);
		const listed = await this.#places(after, limit, 1, null);
		// The portal's owner sees everybody's, an artist their own.
		const hidden = viewer === null ? [] : await this.#hidden(after, limit, viewer);
		const rows = [...listed, ...hidden].sort(
			(a, b) => b.created_at - a.created_at || (a.id < b.id ? 1 : -1)
		);
		const shown = rows.slice(0, limit);
		const last = shown.at(-1);
		const ids = shown.map(({ id }) => id);
		return {
			tracks: await new Tracks(this.#db).inOrder(ids, viewer),
			next: rows.length > limit && last ? cursorOf([last.created_at, last.id]) : null
		};
	}

	#hidden(after: Place | null, limit: number, viewer: Person) {
		return this.#places(after, limit, 0, viewer.role === 'owner' ? null : viewer.id);
	}

	#places(after: Place | null, limit: number, listed: 0 | 1, ownerId: string | null) {
		let query = this.#db
			.selectFrom('track')
			.select(['created_at', 'id'])
			.where('listed', '=', listed)
			.orderBy('created_at', 'desc')
			.orderBy('id', 'desc')
			.limit(limit + 1);
		if (ownerId !== null) query = query.where('owner_id', '=', ownerId);
		if (after) {
			query = query.where(({ eb, refTuple, tuple }) =>
				eb(refTuple('created_at', 'id'), '<', tuple(after[0], after[1]))
			);
		}
		return query.execute();
	}
}
