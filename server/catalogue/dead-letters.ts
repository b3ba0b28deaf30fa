import { sql, type Kysely } from 'kysely';
import type { DeadLetter, JobGroup } from '#contracts/job';
import type { Database } from './schema.ts';

/** Which letters: all of a kind and a cause, or simply all. */
export interface LetterFilter {
	kind?: string;
	cause?: string;
}

/** Jobs that were given up, until somebody has looked at them. */
export class DeadLetters {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** By kind and cause, the most of them first. */
	async groups(): Promise<JobGroup[]> {
		const rows = await this.#db
			.selectFrom('job')
			.select(['kind', 'cause', ({ fn }) => fn.countAll<number>().as('count')])
			.where('state', '=', 'dead')
			.groupBy(['kind', 'cause'])
			.orderBy('count', 'desc')
			.execute();
		return rows.map(({ kind, cause, count }) => ({ kind, cause: cause ?? 'unexpected', count }));
	}

	/** Those that failed last come first. */
	async list(filter: LetterFilter, limit: number): Promise<DeadLetter[]> {
		const rows = await this.#matching(filter)
			.leftJoin('upload', (join) =>
				join.on('upload.id', '=', sql<string>`json_extract(job.payload, '$.uploadId')`)
			)
			.leftJoin('track', (join) =>
				join.on('track.id', '=', sql<string>`json_extract(job.payload, '$.trackId')`)
			)
			.leftJoin('person', 'person.id', 'job.owner_id')
			.select([
				...(['job.id', 'job.kind', 'job.cause', 'job.payload', 'job.attempts'] as const),
				...(['job.added_at', 'job.first_failed_at', 'job.last_failed_at'] as const),
				'job.last_error',
				'upload.path as path',
				'upload.name as file',
				'track.title as title',
				'person.name as owner'
			])
			.orderBy('job.last_failed_at', 'desc')
			.orderBy('job.id', 'desc')
			.limit(limit)
			.execute();
		return rows.map((row) => ({
			id: row.id,
			kind: row.kind,
			cause: row.cause ?? 'unexpected',
			about: row.path ?? row.file ?? row.title ?? row.payload,
			owner: row.owner,
			attempts: row.attempts,
			addedAt: row.added_at,
			firstFailedAt: row.first_failed_at ?? row.added_at,
			lastFailedAt: row.last_failed_at ?? row.added_at,
			detail: row.last_error ?? ''
		}));
	}

	/** A page of ids, in their order, of those after `afterId`. */
	async ids(filter: LetterFilter, afterId: number, limit: number): Promise<number[]> {
		const rows = await this.#matching(filter)
			.select('job.id')
			.where('job.id', '>', afterId)
			.orderBy('job.id')
			.limit(limit)
			.execute();
		return rows.map(({ id }) => id);
	}

	/** @returns how many were there to drop */
	async drop(which: LetterFilter & { id?: number }, now: number): Promise<number> {
		const { id, kind, cause } = which;
		const { numUpdatedRows } = await this.#db
			.updateTable('job')
			.set({ state: 'dropped', dropped_at: now })
			.where('state', '=', 'dead')
			.$if(id !== undefined, (query) => query.where('id', '=', id ?? 0))
			.$if(kind !== undefined, (query) => query.where('kind', '=', kind ?? ''))
			.$if(cause !== undefined, (query) => query.where('cause', '=', cause ?? ''))
			.executeTakeFirst();
		return Number(numUpdatedRows);
	}

	/** Takes back what was dropped at that moment. @returns how many came back */
	async restore(droppedAt: number): Promise<number> {
		const { numUpdatedRows } = await this.#db
			.updateTable('job')
			.set({ state: 'dead', dropped_at: null })
			.where('state', '=', 'dropped')
			.where('dropped_at', '=', droppedAt)
			.executeTakeFirst();
		return Number(numUpdatedRows);
	}

	/** What was dropped before then is gone for good. */
	async forgetDropped(before: number): Promise<void> {
		await this.#db
			.deleteFrom('job')
			.where('state', '=', 'dropped')
			.where('dropped_at', '<', before)
			.execute();
	}

	#matching({ kind, cause }: LetterFilter) {
		return this.#db
			.selectFrom('job')
			.where('job.state', '=', 'dead')
			.$if(kind !== undefined, (query) => query.where('job.kind', '=', kind ?? ''))
			.$if(cause !== undefined, (query) => query.where('job.cause', '=', cause ?? ''));
	}
}
