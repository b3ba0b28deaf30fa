import type { Kysely } from 'kysely';
import type { Person } from '#contracts/account';
import type { TrackPage } from '#contracts/track';
import { cursorOf, placeOf } from './place.ts';
import type { Database } from './schema.ts';
import { Tracks } from './tracks.ts';

/** Which tracks people like. */
export class Likes {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** Once more changes nothing. */
	async add(personId: string, trackId: string, now: number): Promise<void> {
		await this.#db
			.insertInto('liked')
			.values({ person_id: personId, track_id: trackId, at: now })
			.onConflict((conflict) => conflict.doNothing())
			.execute();
	}

	async remove(personId: string, trackId: string): Promise<void> {
		await this.#db
			.deleteFrom('liked')
			.where('person_id', '=', personId)
			.where('track_id', '=', trackId)
			.execute();
	}

	/** Those of the tracks that this person likes. */
	async among(personId: string, trackIds: readonly string[]): Promise<string[]> {
		if (trackIds.length === 0) return [];
		const rows = await this.#db
			.selectFrom('liked')
			.select('track_id')
			.where('person_id', '=', personId)
			.where('track_id', 'in', trackIds)
			.execute();
		return rows.map(({ track_id }) => track_id);
	}

	/** Liked last first. What the person may no longer see is left out, so a page may be short. */
	async page(
		person: Person,
		{ limit, cursor }: { limit: number; cursor: string | null }
	): Promise<TrackPage> {
		const after = placeOf(cursor);
		const rows = await this.#db
			.selectFrom('liked')
			.select(['track_id as id', 'at'])
			.where('person_id', '=', person.id)
			.$if(after !== null, (query) =>
				query.where(({ eb, refTuple, tuple }) =>
					eb(refTuple('at', 'track_id'), '<', tuple(after?.at ?? 0, after?.id ?? ''))
				)
			)
			.orderBy('at', 'desc')
			.orderBy('track_id', 'desc')
			.limit(limit + 1)
			.execute();
		const shown = rows.slice(0, limit);
		const last = shown.at(-1);
		const found = await new Tracks(this.#db).byIds(
			shown.map(({ id }) => id),
			person
		);
		return {
			tracks: shown.flatMap(({ id }) => found.get(id) ?? []),
			next: rows.length > limit && last ? cursorOf(last) : null
		};
	}
}
