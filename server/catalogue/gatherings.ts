import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';

/** What tracks of one person have in common that share a release, though nobody names its artist. */
export interface Gathering {
	ownerId: string;
	key: string;
}

/** Tracks that share a release, and where they are. */
export class Gatherings {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** All tracks of a gathering. */
	async move({ ownerId, key }: Gathering, releaseId: string | null): Promise<void> {
		await this.#db
			.updateTable('track')
			.set({ release_id: releaseId })
			.where('owner_id', '=', ownerId)
			.where('gathering', '=', key)
			.where('release_id', 'is not', releaseId)
			.execute();
	}

	/** On which releases the tracks of a gathering are, and who leads on them: a row for each of both. */
	async placesOf({
		ownerId,
		key
	}: Gathering): Promise<{ releaseId: string | null; leadId: string | null; tracks: number }[]> {
		return this.#db
			.selectFrom('track')
			.select(({ fn }) => [
				'release_id as releaseId',
				'lead_id as leadId',
				fn.countAll<number>().as('tracks')
			])
			.where('owner_id', '=', ownerId)
			.where('gathering', '=', key)
			.groupBy(['release_id', 'lead_id'])
			.orderBy('release_id', 'desc') // what is on no release comes last
			.orderBy('lead_id')
			.execute();
	}
}
