import { sql, type Kysely } from 'kysely';
import type { Space } from '#contracts/space';
import { OPEN_STATES, UNFINISHED_STATES } from '#contracts/upload';
import type { Database } from './schema.ts';

/** What people take of the disk, and what they may. */
export class Quota {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** Bytes; null when it is as everybody's. */
	async of(personId: string): Promise<number | null> {
		const row = await this.#db
			.selectFrom('person')
			.select('quota_bytes')
			.where('id', '=', personId)
			.executeTakeFirst();
		return row?.quota_bytes ?? null;
	}

	async set(personId: string, bytes: number | null): Promise<void> {
		await this.#db
			.updateTable('person')
			.set({ quota_bytes: bytes })
			.where('id', '=', personId)
			.execute();
	}

	/** Bytes that open uploads may still bring, those that are here already among them: rather too much than too little. */
	async promised(): Promise<number> {
		const row = await this.#db
			.selectFrom('upload')
			.select(({ fn }) => fn.sum<number | null>('size').as('bytes'))
			.where('state', 'in', OPEN_STATES)
			.executeTakeFirst();
		return row?.bytes ?? 0;
	}

	/** By person, whoever has anything. */
	async usedBy(personIds: readonly string[]): Promise<Map<string, Omit<Space, 'quota'>>> {
		const spaces = new Map(
			personIds.map((id) => [id, { originals: 0, earlier: 0, bin: 0, incoming: 0 }])
		);
		if (personIds.length === 0) return spaces;
		const add = (id: string, part: keyof Omit<Space, 'quota'>, bytes: number | null) => {
			const space = spaces.get(id);
			if (space) space[part] += bytes ?? 0;
		};
		const kept = await this.#db
			.selectFrom('track')
			.select(({ fn }) => ['owner_id', 'state', fn.sum<number>('original_size').as('bytes')])
			.where('owner_id', 'in', personIds)
			.groupBy(['owner_id', 'state'])
			.execute();
		for (const { owner_id, state, bytes } of kept) {
			add(owner_id, state === 'binned' ? 'bin' : 'originals', bytes);
		}
		const earlier = await this.#db
			.selectFrom('earlier_original')
			.innerJoin('track', 'track.id', 'earlier_original.track_id')
			.select(({ fn }) => ['track.owner_id', fn.sum<number>('earlier_original.size').as('bytes')])
			.where('track.owner_id', 'in', personIds)
			.groupBy('track.owner_id')
			.execute();
		for (const { owner_id, bytes } of earlier) add(owner_id, 'earlier', bytes);
		const states = [...OPEN_STATES, ...UNFINISHED_STATES].map((state) => sql.lit(state));
		const incoming = await this.#db
			.selectFrom('upload')
			.select(({ fn }) => ['person_id', fn.sum<number>('size').as('bytes')])
			.where('person_id', 'in', personIds)
			.where(sql<boolean>`state in (${sql.join(states)})`)
			.groupBy('person_id')
			.execute();
		for (const { person_id, bytes } of incoming) add(person_id, 'incoming', bytes);
		return spaces;
	}
}
