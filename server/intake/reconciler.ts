import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { OPEN_STATES } from '#contracts/upload';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Log } from '../ops/log.ts';
import { errnoOf } from '../errno.ts';
import type { PartialStore } from '../uploads/store.ts';
import { ingestOf, type Intake } from './intake.ts';

const PAGE = 500;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Counted from the last sign of life, so that a slow upload never grows old. */
const EXPIRE_MS = 7 * DAY_MS;
/** A file younger than this may belong to a registration that is being written. */
const ORPHAN_MS = 60 * 60 * 1000;
const ID = /^[0-9a-f]{32}$/;

interface ReconcilerOptions {
	catalogue: Catalogue;
	partials: PartialStore;
	intake: Pick<Intake, 'received'>;
	jobs: Pick<Jobs, 'add'>;
	folder: string;
	log: Log;
	now?: () => number;
}

/** Finds what a crash left between two steps, and does the second. Every rule here may be repeated. */
export function createReconciler(options: ReconcilerOptions) {
	const { catalogue, partials, intake, jobs, folder, log, now = Date.now } = options;

	/** Milliseconds since the last write; -1 when the file is gone already. */
	async function ageOf(file: string): Promise<number> {
		try {
			return now() - (await stat(file)).mtimeMs;
		} catch (error) {
			if (errnoOf(error) === 'ENOENT') return -1;
			throw error;
		}
	}

	async function eachPage<T extends { id: string }>(
		read: (afterId: string, limit: number) => Promise<T[]>,
		work: (page: readonly T[]) => Promise<void>
	) {
		for (let after = ''; ;) {
			const page = await read(after, PAGE);
			await work(page);
			const last = page.at(-1);
			if (!last || page.length < PAGE) return;
			after = last.id;
		}
	}

	return {
		/** All bytes are here, nobody said so: the process died before the hook, or the hook failed. */
		async finishReceived(): Promise<void> {
			await eachPage(
				(after, limit) => catalogue.uploads.open(after, limit),
				async (page) => {
					for (const { id, size } of page) {
						if ((await partials.peek(id)) < size) continue;
						log.info('upload found complete', { uploadId: id });
						await intake.received(id);
					}
				}
			);
		},

		/** Received, and no job. */
		async restoreJobs(): Promise<void> {
			await eachPage(
				(after, limit) => catalogue.uploads.unfinished(after, limit),
				async (page) => {
					const wanted = page.map(ingestOf);
					const known = await catalogue.jobs.keysAmong(wanted.map(({ key }) => key));
					for (const job of wanted) if (!known.has(job.key)) await jobs.add(job, catalogue);
				}
			);
		},

		/** Nothing was heard for a week: the bytes go, the row says why. */
		async expire(): Promise<void> {
			const idle = await catalogue.uploads.idleSince(now() - EXPIRE_MS, PAGE);
			for (const { id } of idle) {
				const isOver = await catalogue.uploads.move(id, OPEN_STATES, {
					state: 'failed',
					code: 'expired',
					now: now()
				});
				if (isOver) await partials.remove(id);
			}
		},

		/** Files that no upload needs: registrations that were never written, uploads that have ended. */
		async sweepFiles(): Promise<void> {
			const names = (await readdir(folder)).filter((name) => ID.test(name));
			for (let from = 0; from < names.length; from += PAGE) {
				const page = names.slice(from, from + PAGE);
				const needed = await catalogue.uploads.wantedAmong(page);
				for (const name of page) {
					if (needed.has(name)) continue;
					if ((await ageOf(path.join(folder, name))) >= ORPHAN_MS) await partials.remove(name);
				}
			}
		}
	};
}
