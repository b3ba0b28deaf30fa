import type { JobCounts } from '#contracts/job';
import type { Catalogue, Nouns } from '../catalogue/catalogue.ts';
import type { StoredJob } from '../catalogue/jobs.ts';
import type { Log } from '../ops/log.ts';
import { failureOf, Hopeless } from './failure.ts';

const LEASE_MS = 60_000;
/** Several beats in one lease: one that is late is not a death. */
const HEARTBEAT_MS = LEASE_MS / 4;
const MAX_ATTEMPTS = 3;
const FIRST_RETRY_MS = 2_000;
/** Each wait is so many times the one before. */
const RETRY_GROWTH = 4;
/** A full disk is not emptied in a second. */
const MACHINE_RETRY_MS = 30_000;
/** While uploads come, a job begins this often at most: what they need of the machine they need now. */
const EASED_MS = 250;
/** Looked at this often whatever anybody says. */
const MAX_TIMER_MS = 60_000;

/** Lower goes first: somebody waits for it; it makes music play; it makes what plays nicer; copies of it. */
const PRIORITIES = { urgent: 0, normal: 10, background: 20, idle: 30 } as const;
export type Priority = keyof typeof PRIORITIES;
const ALL = Object.values(PRIORITIES);

export interface NewJob {
	kind: string;
	/** One job for each key, however often it is added. */
	key: string;
	payload: unknown;
	/** `normal` unless it says otherwise. */
	priority?: Priority;
	/** The id of the person whose work it is: owners take turns. Without one it is the portal's own. */
	owner?: string;
}

/** What does one kind of work. Both may be called again for the same payload. */
export interface Worker {
	/**
	 * @param signal aborted when the process is asked to stop: the job runs again later
	 * @throws whatever keeps it from its work; failure.ts knows what may be tried again
	 */
	run(payload: unknown, signal: AbortSignal): Promise<void>;
	/** Tried often enough: says so to whom it concerns. The job is a dead letter from then on. */
	giveUp(payload: unknown, error: unknown): Promise<void>;
}

interface JobsOptions {
	catalogue: Catalogue;
	/** How many run at once. */
	concurrency: number;
	log: Log;
	/** How long after its first failure a job is tried again. */
	firstRetryMs?: number;
	now?: () => number;
}

interface Running {
	abort: AbortController;
	done: Promise<void>;
	priority: number;
}

export type Jobs = ReturnType<typeof createJobs>;

/**
 * Runs jobs from the table, a few at a time: by priority, and within one its owners in turn. A job that a dead
 * process held runs again when its lease ends.
 */
export function createJobs({
	catalogue,
	concurrency,
	log,
	firstRetryMs = FIRST_RETRY_MS,
	now = Date.now
}: JobsOptions) {
	const workers = new Map<string, Worker>();
	const running = new Map<number, Running>();
	let isEased = false;
	let beganAt = -Infinity;
	let timer: NodeJS.Timeout | null = null;
	let isOpen = false;
	let isClaiming = false;
	let wasWoken = false;

	/** Takes as much as may run. Asked for while it works, it looks once more when it is done. */
	async function advance() {
		if (!isOpen) return;
		if (isClaiming) {
			wasWoken = true;
			return;
		}
		isClaiming = true;
		try {
			do {
				wasWoken = false;
				await catalogue.jobs.freeExpired(now(), [...running.keys()]);
				while (isOpen) {
					const most = admitted();
					if (most === null) break;
					const leaseUntil = now() + LEASE_MS;
					const job = await catalogue.jobs.claim({ now: now(), leaseUntil, most });
					if (!job) break;
					begin(job);
				}
			} while (wasWoken);
			await sleepUntilDue();
		} catch (error) {
			log.error('jobs cannot be read', { error });
			schedule(FIRST_RETRY_MS);
		} finally {
			isClaiming = false;
		}
	}

	/** The last priority of which another job may begin now; null when none may. */
	function admitted(): number | null {
		if (restMs() > 0) return null;
		if (running.size < concurrency) return PRIORITIES.idle;
		// Encoding an hour of music takes a minute: whoever only wants to hear what they sent does not wait for it.
		const isHeld = [...running.values()].some(({ priority }) => priority >= PRIORITIES.background);
		return isHeld && running.size === concurrency ? PRIORITIES.normal : null;
	}

	function restMs(): number {
		return isEased ? beganAt + EASED_MS - performance.now() : 0;
	}

	async function sleepUntilDue() {
		if (restMs() > 0) return schedule(restMs());
		const most = admitted();
		if (most === null) return; // whatever ends looks again
		const due = await catalogue.jobs.nextDue(ALL.filter((priority) => priority <= most));
		schedule(due === null ? MAX_TIMER_MS : due - now());
	}

	function schedule(delayMs: number) {
		if (timer) clearTimeout(timer);
		if (!isOpen) return;
		timer = setTimeout(() => void advance(), Math.min(MAX_TIMER_MS, Math.max(10, delayMs)));
	}

	function begin(job: StoredJob) {
		beganAt = performance.now();
		const abort = new AbortController();
		const done = perform(job, abort.signal)
			.catch((error: unknown) => log.error('job cannot be recorded', { job: job.key, error }))
			.finally(() => {
				running.delete(job.id);
				void advance();
			});
		running.set(job.id, { abort, done, priority: job.priority });
	}

	async function perform(job: StoredJob, signal: AbortSignal) {
		const heartbeat = setInterval(() => {
			catalogue.jobs
				.extend(job.id, now() + LEASE_MS)
				.catch((error: unknown) => log.warn('lease not extended', { job: job.key, error }));
		}, HEARTBEAT_MS);
		try {
			// It was begun this often and never ended: it takes the process with it.
			if (job.attempts > MAX_ATTEMPTS) throw new Hopeless('process_died');
			const worker = workers.get(job.kind);
			if (!worker) throw new Hopeless('no_worker');
			await worker.run(job.payload, signal);
			await catalogue.jobs.done(job.id);
		} catch (error) {
			if (signal.aborted) await catalogue.jobs.giveBack(job.id, now());
			else await settle(job, error);
		} finally {
			clearInterval(heartbeat);
		}
	}

	async function settle(job: StoredJob, error: unknown) {
		const { id, key, kind, attempts, payload } = job;
		const { sort, ...failure } = failureOf(error);
		const kept = { ...failure, now: now() };
		if (sort === 'machine') {
			log.warn('job waits for the machine', { job: key, error });
			await catalogue.jobs.retryAt(id, now() + MACHINE_RETRY_MS, { ...kept, isCounted: false });
		} else if (sort === 'transient' && attempts < MAX_ATTEMPTS) {
			log.warn('job failed, will be tried again', { job: key, attempts, error });
			const delay = firstRetryMs * RETRY_GROWTH ** (attempts - 1);
			await catalogue.jobs.retryAt(id, now() + delay, { ...kept, isCounted: true });
		} else {
			log.error('job given up', { job: key, error });
			await workers.get(kind)?.giveUp(payload, error);
			await catalogue.jobs.bury(id, kept);
		}
	}

	return {
		work(kind: string, worker: Worker) {
			workers.set(kind, worker);
		},

		/** In the caller's transaction: the job is there if and only if the rest is. */
		async add(
			{ kind, key, payload, priority = 'normal', owner }: NewJob,
			nouns: Nouns
		): Promise<void> {
			await nouns.jobs.addOnce({
				kind,
				key,
				payload,
				priority: PRIORITIES[priority],
				ownerId: owner ?? null,
				now: now()
			});
			// Not before the caller's transaction is over: its database connection is the only one.
			setImmediate(() => void advance());
		},

		/** Looks for work now: somebody else wrote to the table. */
		wake(): void {
			setImmediate(() => void advance());
		},

		/** Bytes are coming in, or have all come: meanwhile work begins at a walk. */
		ease(eased: boolean): void {
			isEased = eased;
			setImmediate(() => void advance());
		},

		/** By kind; those with a worker are there with zeros too. */
		async counts(): Promise<JobCounts[]> {
			const counts = await catalogue.jobs.counts();
			const idle = [...workers.keys()].filter(
				(known) => !counts.some(({ kind }) => kind === known)
			);
			return [...counts, ...idle.map((kind) => ({ kind, waiting: 0, running: 0, dead: 0 }))];
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
