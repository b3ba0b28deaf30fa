import { sql, type Kysely, type RawBuilder, type Selectable } from 'kysely';
import type { JobCounts, JobGroup } from '#contracts/job';
import type { Database } from './schema.ts';
import type { JobTable } from './schema/work.ts';

export interface StoredJob {
	id: number;
	kind: string;
	key: string;
	payload: unknown;
	priority: number;
	/** How many times it was begun, this time among them. */
	attempts: number;
}

export interface AddedJob {
	kind: string;
	key: string;
	payload: unknown;
	/** Lower goes first. */
	priority: number;
	ownerId: string | null;
	/** Milliseconds since 1970, also of when it may run. */
	now: number;
}

/** What is kept of a failure. `detail` is for whoever mends it. */
export interface KeptFailure {
	cause: string;
	detail: string;
	now: number;
}

const toJob = (row: Selectable<JobTable>): StoredJob => ({
	id: row.id,
	kind: row.kind,
	key: row.key,
	payload: JSON.parse(row.payload),
	priority: row.priority,
	attempts: row.attempts
});

/**
 * The turn of a new job: after its owner's own, and not before whoever is served now. So owners alternate, however
 * much one of them adds. Each part is one step into an index.
 */
function nextTurn(ownerId: string | null, priority: number, now: number): RawBuilder<number> {
	const own = (state: 'waiting' | 'running') => sql`coalesce((
		select max(turn) + 1 from job
		where owner_id ${ownerId === null ? sql`is null` : sql`= ${ownerId}`}
			and priority = ${priority} and state = ${state}), 0)`;
	// One that waits out a failure keeps an early turn: it says nothing of how far the others are.
	return sql<number>`max(${own('waiting')}, ${own('running')}, coalesce(
		(select turn from job where state = 'waiting' and priority = ${priority} and run_at <= ${now}
			order by turn limit 1),
		(select min(turn) from job where state = 'waiting' and priority = ${priority}),
		(select max(turn) from job where state = 'running' and priority = ${priority}),
		0))`;
}

/** Work to be done later, with leases: what a dead process held is taken up again when its lease ends. */
export class Jobs {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** Adds the job unless its key is there already. */
	async addOnce({ kind, key, payload, priority, ownerId, now }: AddedJob): Promise<void> {
		await this.#db
			.insertInto('job')
			.values({
				kind,
				key,
				payload: JSON.stringify(payload),
				owner_id: ownerId,
				priority,
				turn: nextTurn(ownerId, priority, now),
				state: 'waiting',
				attempts: 0,
				run_at: now,
				lease_until: null,
				added_at: now,
				cause: null,
				last_error: null,
				first_failed_at: null,
				last_failed_at: null,
				dropped_at: null
			})
			.onConflict((conflict) => conflict.column('key').doNothing())
			.execute();
	}

	/** Of these keys, those that have a job, in whatever state. */
	async keysAmong(keys: readonly string[]): Promise<Set<string>> {
		if (keys.length === 0) return new Set();
		const rows = await this.#db.selectFrom('job').select('key').where('key', 'in', keys).execute();
		return new Set(rows.map(({ key }) => key));
	}

	/**
	 * Takes the next job that is due.
	 * @param leaseUntil when others may have it, unless it is extended
	 * @param most no later priority than this
	 */
	async claim({
		now,
		leaseUntil,
		most
	}: {
		now: number;
		leaseUntil: number;
		most: number;
	}): Promise<StoredJob | null> {
		const row = await this.#db
			.updateTable('job')
			.set((set) => ({
				state: 'running',
				lease_until: leaseUntil,
				attempts: set('attempts', '+', 1)
			}))
			.where('id', '=', (select) =>
				select
					.selectFrom('job')
					.select('id')
					.where('state', '=', 'waiting')
					.where('priority', '<=', most)
					.where('run_at', '<=', now)
					.orderBy('priority')
					.orderBy('turn')
					.orderBy('run_at')
					.orderBy('id')
					.limit(1)
			)
			.returningAll()
			.executeTakeFirst();
		return row ? toJob(row) : null;
	}

	/**
	 * Milliseconds since 1970 at which the next job may be claimed, or null.
	 * @param priorities those that may run
	 */
	async nextDue(priorities: readonly number[]): Promise<number | null> {
		const times: number[] = [];
		for (const priority of priorities) {
			const row = await this.#db
				.selectFrom('job')
				.select(({ fn }) => fn.min('run_at').as('at'))
				.where('state', '=', 'waiting')
				.where('priority', '=', priority)
				.executeTakeFirst();
			if (typeof row?.at === 'number') times.push(row.at);
		}
		return times.length > 0 ? Math.min(...times) : null;
	}

	async extend(id: number, leaseUntil: number): Promise<void> {
		await this.#db
			.updateTable('job')
			.set({ lease_until: leaseUntil })
			.where('id', '=', id)
			.where('state', '=', 'running')
			.execute();
	}

	async done(id: number): Promise<void> {
		await this.#db.deleteFrom('job').where('id', '=', id).execute();
	}

	/** It failed, and is tried again then. `isCounted` is false when the machine was at fault and not the job. */
	async retryAt(
		id: number,
		runAt: number,
		failure: KeptFailure & { isCounted: boolean }
	): Promise<void> {
		await this.#db
			.updateTable('job')
			.set((set) => ({
				state: 'waiting',
				run_at: runAt,
				lease_until: null,
				...(!failure.isCounted && { attempts: set('attempts', '-', 1) })
			}))
			.set(failed(failure))
			.where('id', '=', id)
			.where('state', '=', 'running')
			.execute();
	}

	/** Given back unharmed by who stops: the attempt does not count. */
	async giveBack(id: number, runAt: number): Promise<void> {
		await this.#db
			.updateTable('job')
			.set((set) => ({
				state: 'waiting',
				run_at: runAt,
				lease_until: null,
				attempts: set('attempts', '-', 1)
			}))
			.where('id', '=', id)
			.where('state', '=', 'running')
			.execute();
	}

	async bury(id: number, failure: KeptFailure): Promise<void> {
		await this.#db
			.updateTable('job')
			.set({ state: 'dead', lease_until: null })
			.set(failed(failure))
			.where('id', '=', id)
			.execute();
	}

	/** Brings back what was given up, as if it was never tried. Null when there is nothing to bring back. */
	async revive(id: number, now: number): Promise<StoredJob | null> {
		const letter = await this.#db
			.selectFrom('job')
			.select(['owner_id', 'priority'])
			.where('id', '=', id)
			.where('state', 'in', ['dead', 'dropped'])
			.executeTakeFirst();
		if (!letter) return null;
		const row = await this.#db
			.updateTable('job')
			.set({
				state: 'waiting',
				attempts: 0,
				run_at: now,
				turn: nextTurn(letter.owner_id, letter.priority, now),
				cause: null,
				dropped_at: null
			})
			.where('id', '=', id)
			.returningAll()
			.executeTakeFirst();
		return row ? toJob(row) : null;
	}

	/** With one process per database, whatever is leased at start belonged to a process that died. */
	async freeLeases(now: number): Promise<void> {
		await this.#db
			.updateTable('job')
			.set({ state: 'waiting', run_at: now, lease_until: null })
			.where('state', '=', 'running')
			.execute();
	}

	/** The same for leases that ran out; `held` is what the caller still works on, however late its heart beats. */
	async freeExpired(now: number, held: readonly number[]): Promise<void> {
		await this.#db
			.updateTable('job')
			.set({ state: 'waiting', run_at: now, lease_until: null })
			.where('state', '=', 'running')
			.where('lease_until', '<', now)
			.$if(held.length > 0, (query) => query.where('id', 'not in', held))
			.execute();
	}

	/** By kind, in the order of their names. */
	async counts(): Promise<JobCounts[]> {
		const rows = await this.#db
			.selectFrom('job')
			.select(['kind', 'state', ({ fn }) => fn.countAll<number>().as('n')])
			.groupBy(['state', 'kind'])
			.execute();
		const counts = new Map<string, JobCounts>();
		for (const { kind, state, n } of rows) {
			const ofKind = counts.get(kind) ?? { kind, waiting: 0, running: 0, dead: 0 };
			if (state !== 'dropped') ofKind[state] = n;
			counts.set(kind, ofKind);
		}
		return [...counts.values()].sort((a, b) => (a.kind < b.kind ? -1 : 1));
	}

	/** What failed and goes on by itself, by kind and cause. */
	async heldUp(): Promise<JobGroup[]> {
		const rows = await this.#db
			.selectFrom('job')
			.select(['kind', 'cause', ({ fn }) => fn.countAll<number>().as('count')])
			.where('state', '=', 'waiting')
			.where('cause', 'is not', null)
			.groupBy(['kind', 'cause'])
			.execute();
		return rows.flatMap(({ kind, cause, count }) => (cause === null ? [] : { kind, cause, count }));
	}
}

const failed = ({ cause, detail, now }: KeptFailure) => ({
	cause,
	last_error: detail,
	first_failed_at: sql<number>`coalesce(first_failed_at, ${now})`,
	last_failed_at: now
});
