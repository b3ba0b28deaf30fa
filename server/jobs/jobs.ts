import { problemCode } from '#contracts/problem';
import type { Catalogue, Nouns } from '../catalogue/catalogue.ts';
import type { StoredJob } from '../catalogue/jobs.ts';
import { errnoOf } from '../errno.ts';
import type { Log } from '../ops/log.ts';

const LEASE_MS = 60_000;
/** Several beats in one lease: one that is late is not a death. */
const HEARTBEAT_MS = LEASE_MS / 4;
const MAX_ATTEMPTS = 3;
const FIRST_RETRY_MS = 2_000;
/** A full disk is not emptied in a second. */
const MACHINE_RETRY_MS = 30_000;
const MAX_TIMER_MS = 60_000;

/** Lower goes first. */
const NORMAL_PRIORITY = 10;

export interface NewJob {
	kind: string;
	/** One job for each key, however often it is added. */
	key: string;
	payload: unknown;
	priority?: number;
}

/** What does one kind of work. Both may be called again for the same payload. */
export interface Worker {
	run(payload: unknown, signal: AbortSignal): Promise<void>;
	/** Tried often enough: says so to whom it concerns. */
	giveUp(payload: unknown, error: unknown): Promise<void>;
}

interface JobsOptions {
	catalogue: Catalogue;
	concurrency: number;
	log: Log;
	now?: () => number;
}

export type Jobs = ReturnType<typeof createJobs>;

/** Runs jobs from the table, a few at a time. A job that a dead process held runs again when its lease ends. */
export function createJobs({ catalogue, concurrency, log, now = Date.now }: JobsOptions) {
	const workers = new Map<string, Worker>();
	const running = new Map<number, { abort: AbortController; done: Promise<void> }>();
	let timer: NodeJS.Timeout | null = null;
	let isOpen = false;
	let isClaiming = false;
	let wasWoken = false;

	/** Takes as much as may run. Asked for while it works, it looks once more when it is done. */
	async function advance() {
		if (isClaiming) {
			wasWoken = true;
			return;
		}
		isClaiming = true;
		try {
			do {
				wasWoken = false;
				while (isOpen && running.size < concurrency) {
					const job = await catalogue.jobs.claim(now(), now() + LEASE_MS);
					if (!job) break;
					begin(job);
				}
			} while (wasWoken);
			if (running.size < concurrency) await sleepUntilDue();
		} catch (error) {
			log.error('jobs cannot be read', { error });
			schedule(FIRST_RETRY_MS);
		} finally {
			isClaiming = false;
		}
	}

	async function sleepUntilDue() {
		const due = await catalogue.jobs.nextDue();
		if (due !== null) schedule(due - now());
	}

	function schedule(delayMs: number) {
		if (timer) clearTimeout(timer);
		if (!isOpen) return;
		timer = setTimeout(() => void advance(), Math.min(MAX_TIMER_MS, Math.max(10, delayMs)));
	}

	function begin(job: StoredJob) {
		const abort = new AbortController();
		const done = perform(job, abort.signal)
			.catch((error: unknown) => log.error('job cannot be recorded', { job: job.key, error }))
			.finally(() => {
				running.delete(job.id);
				void advance();
			});
		running.set(job.id, { abort, done });
	}

	async function perform(job: StoredJob, signal: AbortSignal) {
		const heartbeat = setInterval(() => {
			catalogue.jobs
				.extend(job.id, now() + LEASE_MS)
				.catch((error: unknown) => log.warn('lease not extended', { job: job.key, error }));
		}, HEARTBEAT_MS);
		const worker = workers.get(job.kind);
		try {
			if (!worker) throw new Error(`no worker for ${job.kind}`);
			// It was begun this often and never ended: it takes the process with it.
			if (job.attempts > MAX_ATTEMPTS) throw new Error('the process died each time');
			await worker.run(job.payload, signal);
			await catalogue.jobs.done(job.id);
		} catch (error) {
			if (signal.aborted) {
				await catalogue.jobs.giveBack(job.id, now());
			} else if (isOfTheMachine(error)) {
				log.warn('job waits for the machine', { job: job.key, error });
				await catalogue.jobs.giveBack(job.id, now() + MACHINE_RETRY_MS);
			} else if (worker && job.attempts < MAX_ATTEMPTS) {
				log.warn('job failed, will be tried again', {
					job: job.key,
					attempts: job.attempts,
					error
				});
				const delay = FIRST_RETRY_MS * 4 ** (job.attempts - 1);
				await catalogue.jobs.retry(job.id, now() + delay, String(error));
			} else {
				log.error('job given up', { job: job.key, error });
				await worker?.giveUp(job.payload, error);
				await catalogue.jobs.bury(job.id, String(error));
			}
		} finally {
			clearInterval(heartbeat);
		}
	}

	return {
		work(kind: string, worker: Worker) {
			workers.set(kind, worker);
		},

		/** In the caller's transaction: the job is there if and only if the rest is. */
		async add(
			{ kind, key, payload, priority = NORMAL_PRIORITY }: NewJob,
			nouns: Nouns
		): Promise<void> {
			await nouns.jobs.addOnce({ kind, key, payload, priority, runAt: now() });
			// Not before the caller's transaction is over: its database connection is the only one.
			setImmediate(() => void advance());
		},

		async start(): Promise<void> {
			await catalogue.jobs.freeLeases(now());
			isOpen = true;
			await advance();
		},

		/** Ends what runs and gives it back; it begins again with the next start. */
		async close(): Promise<void> {
			isOpen = false;
			if (timer) clearTimeout(timer);
			for (const { abort } of running.values()) abort.abort();
			await Promise.all([...running.values()].map(({ done }) => done));
		}
	};
}

/** No fault of the job: it is given back, and its attempts stay what they were. */
function isOfTheMachine(error: unknown): boolean {
	const code = problemCode(error) ?? errnoOf(error);
	return ['disk_full', 'busy', 'ENOSPC', 'EDQUOT', 'EMFILE', 'ENOMEM'].includes(code ?? '');
}
