import type { Kysely, Selectable } from 'kysely';
import type { Database, JobTable } from './schema.ts';

export interface StoredJob {
	id: number;
	kind: string;
	key: string;
	payload: unknown;
	/** How many times it was begun, this time among them. */
	attempts: number;
	lastError: string | null;
}

const toJob = (row: Selectable<JobTable>): StoredJob => ({
	id: row.id,
	kind: row.kind,
	key: row.key,
	payload: JSON.parse(row.payload),
	attempts: row.attempts,
	lastError: row.last_error
});

/** Work to be done later, with leases: what a dead process held is taken up again when its lease ends. */
export class Jobs {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** Adds the job unless its key is there already. */
	async addOnce(job: {
		kind: string;
		key: string;
		payload: unknown;
		priority: number;
		runAt: number;
	}): Promise<void> {
		await this.#db
			.insertInto('job')
			.values({
				kind: job.kind,
				key: job.key,
				payload: JSON.stringify(job.payload),
				priority: job.priority,
				state: 'waiting',
				attempts: 0,
				run_at: job.runAt,
				lease_until: null,
				last_error: null
			})
			.onConflict((conflict) => conflict.column('key').doNothing())
			.execute();
	}

	/** Takes the next job that is due, or one whose lease ran out. */
	async claim(now: number, leaseUntil: number): Promise<StoredJob | null> {
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
					.where((where) =>
						where.or([
							where.and([where('state', '=', 'waiting'), where('run_at', '<=', now)]),
							where.and([where('state', '=', 'running'), where('lease_until', '<', now)])
						])
					)
					.orderBy('priority')
					.orderBy('run_at')
					.orderBy('id')
					.limit(1)
			)
			.returningAll()
			.executeTakeFirst();
		return row ? toJob(row) : null;
	}

	/** Milliseconds since 1970 at which the next job may be claimed, or null. */
	async nextDue(): Promise<number | null> {
		const waiting = await this.#db
			.selectFrom('job')
			.select(({ fn }) => fn.min('run_at').as('at'))
			.where('state', '=', 'waiting')
			.executeTakeFirst();
		const running = await this.#db
			.selectFrom('job')
			.select(({ fn }) => fn.min('lease_until').as('at'))
			.where('state', '=', 'running')
			.executeTakeFirst();
		const times = [waiting?.at, running?.at].filter((at) => typeof at === 'number');
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

	async retry(id: number, runAt: number, error: string): Promise<void> {
		await this.#db
			.updateTable('job')
			.set({ state: 'waiting', run_at: runAt, lease_until: null, last_error: error })
			.where('id', '=', id)
			.execute();
	}

	/** Given back until then, because the machine and not the job was at fault: the attempt does not count. */
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

	async bury(id: number, error: string): Promise<void> {
		await this.#db
			.updateTable('job')
			.set({ state: 'dead', lease_until: null, last_error: error })
			.where('id', '=', id)
			.execute();
	}

	/** With one process per database, whatever is leased at start belonged to a process that died. */
	async freeLeases(now: number): Promise<void> {
		await this.#db
			.updateTable('job')
			.set({ state: 'waiting', run_at: now, lease_until: null })
			.where('state', '=', 'running')
			.execute();
	}

	async counts(): Promise<Record<JobTable['state'], number>> {
		const rows = await this.#db
			.selectFrom('job')
			.select(['state', ({ fn }) => fn.countAll<number>().as('n')])
			.groupBy('state')
			.execute();
		const counts = { waiting: 0, running: 0, dead: 0 };
		for (const { state, n } of rows) counts[state] = n;
		return counts;
	}
}
