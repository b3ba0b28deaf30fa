import type { DeadLetter, JobCounts, JobGroup } from '#contracts/job';
import { Problem } from '#contracts/problem';
import type { Catalogue, Nouns } from '../catalogue/catalogue.ts';
import type { LetterFilter } from '../catalogue/dead-letters.ts';

/** So many of each cause are shown; all of them are counted, retried and dropped together. */
const SHOWN = 25;
/** How many are brought back in one transaction: others want the database too. */
const AT_ONCE = 50;
/** How long what was dropped can be had back. */
const KEEP_DROPPED_MS = 60 * 60 * 1000;

/** Makes what a kind of work is about ready for another try, in the transaction that brings the job back. */
export type Revive = (payload: unknown, nouns: Nouns) => Promise<void>;

interface DeadLettersOptions {
	catalogue: Catalogue;
	/** By kind; the other kinds need nothing. */
	revive: Record<string, Revive>;
	/** There is work again. */
	wake?: () => void;
	counts?: () => Promise<JobCounts[]>;
	now?: () => number;
}

export interface JobsOverview {
	counts: JobCounts[];
	/** Waiting, because something failed; they go on by themselves. */
	heldUp: JobGroup[];
	/** Dead letters by kind and cause, the most frequent first, each with those that failed last. */
	dead: (JobGroup & { letters: DeadLetter[] })[];
}

export type DeadLetters = ReturnType<typeof createDeadLetters>;

/** What was given up, for a person to look at: tried again once its cause is mended, or dropped. */
export function createDeadLetters({
	catalogue,
	revive,
	wake = () => {},
	counts = () => catalogue.jobs.counts(),
	now = Date.now
}: DeadLettersOptions) {
	async function bringBack(ids: readonly number[]): Promise<number> {
		return catalogue.transaction(async (nouns) => {
			let count = 0;
			for (const id of ids) {
				const job = await nouns.jobs.revive(id, now());
				if (!job) continue;
				await revive[job.kind]?.(job.payload, nouns);
				count += 1;
			}
			return count;
		});
	}

	/** A moment that no other drop has: what is taken back is what was dropped then. */
	let lastDrop = 0;
	function dropMoment(): number {
		lastDrop = Math.max(now(), lastDrop + 1);
		return lastDrop;
	}

	return {
		async overview(): Promise<JobsOverview> {
			const groups = await catalogue.deadLetters.groups();
			const dead = [];
			for (const { kind, cause, count } of groups) {
				const letters = await catalogue.deadLetters.list({ kind, cause }, SHOWN);
				dead.push({ kind, cause, count, letters });
			}
			return { counts: await counts(), heldUp: await catalogue.jobs.heldUp(), dead };
		},

		counts,

		/** Those that failed last come first. */
		list: (limit: number): Promise<DeadLetter[]> => catalogue.deadLetters.list({}, limit),

		/** Also what was dropped a while ago. @throws Problem not_found */
		async retry(id: number): Promise<void> {
			if ((await bringBack([id])) === 0) throw new Problem('not_found');
			wake();
		},

		/** @returns how many run again */
		async retryAll(filter: LetterFilter = {}): Promise<number> {
			let count = 0;
			// Each once: one that dies again at once would never let this end.
			for (let after = 0; ;) {
				const ids = await catalogue.deadLetters.ids(filter, after, AT_ONCE);
				const last = ids.at(-1);
				if (last === undefined) return count;
				count += await bringBack(ids);
				after = last;
				wake();
			}
		},

		/** @returns what `restore` takes. @throws Problem not_found */
		async drop(id: number): Promise<{ at: number }> {
			const at = dropMoment();
			if ((await catalogue.deadLetters.drop({ id }, at)) === 0) throw new Problem('not_found');
			return { at };
		},

		/** @returns how many, and what `restore` takes */
		async dropAll(filter: LetterFilter): Promise<{ at: number; count: number }> {
			const at = dropMoment();
			return { at, count: await catalogue.deadLetters.drop(filter, at) };
		},

		/** Takes a drop back. @returns how many are there again */
		restore: (at: number): Promise<number> => catalogue.deadLetters.restore(at),

		sweep: (): Promise<void> => catalogue.deadLetters.forgetDropped(now() - KEEP_DROPPED_MS)
	};
}
