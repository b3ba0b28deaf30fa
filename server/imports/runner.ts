import type { Person } from '#contracts/account';
import { IMPORT_FAILURES, type ImportFailure, type ImportState } from '#contracts/import';
import { problemCode } from '#contracts/problem';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { StoredImport } from '../catalogue/imports.ts';
import type { Log } from '../ops/log.ts';
import type { AdoptedFiles } from './adopted.ts';
import type { BroughtPlaylists } from './brought-playlists.ts';
import type { Http } from './http.ts';
import type { Landing } from './landing.ts';
import { lineUp } from './line.ts';
import { unsealed } from './orders.ts';
import { Progress } from './progress.ts';
import type { Reader } from './reader.ts';
import { MAX_LINE, RUNNING_AT_ONCE, type Running } from './records.ts';
import { runImport } from './run.ts';
import type { Secrets } from './secrets.ts';
import type { Source } from './source.ts';
import { SourceError } from './source-error.ts';

/** News of one import come this far apart, and while it runs not farther than the second. */
const SAY_MS = 1_000;
const BEAT_MS = 8_000;

interface RunnerOptions {
	catalogue: Catalogue;
	http: Pick<Http, 'client'>;
	reader: Reader;
	landing: Landing;
	secrets: Secrets;
	/** Draws a picture anew and keeps it for a person. @throws Problem not_a_picture, disk_full */
	keepCover: (personId: string, picture: Uint8Array<ArrayBuffer>) => Promise<{ hash: string }>;
	/** The person of an id, or null when there is none any more. */
	person: (id: string) => Promise<Person | null>;
	sourceOf: (name: StoredImport['source']) => Source;
	adopted: Pick<AdoptedFiles, 'look'>;
	brought: Pick<BroughtPlaylists, 'bringAll'>;
	/** Those under way, by their ids: kept here, read by others. */
	running: Map<string, Running>;
	say: (row: StoredImport, state: ImportState) => Promise<unknown>;
	/** It does not run any more, whatever became of it. */
	onended: (id: string) => void;
	log: Log;
	now: () => number;
}

/** Who is taken from the line, and what becomes of a run. */
export function createRunner(options: RunnerOptions) {
	const { catalogue, http, reader, landing, secrets, adopted, brought, person } = options;
	const { running, sourceOf, say, onended, log, now } = options;
	let isOpen = false;
	let isAdvancing = false;
	let isWoken = false;

	/** Takes from the line as many as may run. */
	async function advance(): Promise<void> {
		if (!isOpen) return;
		isWoken = true;
		if (isAdvancing) return;
		isAdvancing = true;
		try {
			while (isWoken) {
				isWoken = false;
				await fill();
			}
		} catch (error) {
			log.error('imports cannot be read', { error });
		} finally {
			isAdvancing = false;
		}
	}

	async function fill() {
		// Those that a process left running go on first.
		const left = await catalogue.imports.inState('running', MAX_LINE);
		for (const row of left) {
			if (running.size >= RUNNING_AT_ONCE) break;
			if (!running.has(row.id)) begin(row);
		}
		const queued = await catalogue.imports.inState('queued', MAX_LINE);
		const line = lineUp(
			// One that is still stopping cannot begin again.
			queued.filter(({ id }) => !running.has(id)),
			[...running.values()].map((each) => each.row)
		);
		if (running.size >= RUNNING_AT_ONCE || line.length === 0 || !isOpen) return;
		const [next] = line;
		if (!next) return;
		if (await catalogue.imports.move(next.id, ['queued'], { state: 'running', now: now() })) {
			begin({ ...next, state: 'running' });
			await say(next, 'running');
		}
		// Everybody behind it has another place now.
		for (const row of line.slice(1)) await say(row, 'queued');
		isWoken = true;
	}

	function begin(row: StoredImport) {
		const abort = new AbortController();
		const progress = new Progress(now);
		let stirred = Promise.withResolvers<void>();
		const each: Running = {
			...{ row, progress, abort, done: Promise.resolve(), waitingFor: null, busy: [] },
			stir: () => stirred.resolve()
		};
		let saidAt = -Infinity;
		let due: NodeJS.Timeout | null = null;
		const tell = () => {
			saidAt = now();
			if (due) clearTimeout(due);
			due = null;
			if (abort.signal.aborted) return;
			say(row, 'running').catch((error: unknown) => log.error('import not told', { error }));
		};
		const onprogress = () => {
			if (!due) due = setTimeout(tell, Math.max(0, saidAt + SAY_MS - now()));
		};
		const onwait = (words: string | null) => {
			if (each.waitingFor === words) return;
			each.waitingFor = words;
			if (words !== null) onprogress();
		};
		const beat = setInterval(onprogress, BEAT_MS);
		running.set(row.id, each);
		each.done = perform(row, abort.signal, {
			progress,
			onprogress,
			onwait,
			onbusy: (ids) => (each.busy = ids),
			stirred: async (ms, signal) => {
				stirred = Promise.withResolvers<void>();
				const timer = setTimeout(stirred.resolve, ms);
				signal.addEventListener('abort', stirred.resolve as () => void, { once: true });
				await stirred.promise;
				clearTimeout(timer);
				signal.removeEventListener('abort', stirred.resolve as () => void);
			}
		})
			.catch((error: unknown) =>
				log.error('import cannot be recorded', { importId: row.id, error })
			)
			.finally(() => {
				clearInterval(beat);
				if (due) clearTimeout(due);
				running.delete(row.id);
				onended(row.id);
				void advance();
			});
	}

	async function keptPicture(personId: string, picture: Uint8Array<ArrayBuffer>) {
		try {
			return (await options.keepCover(personId, picture)).hash;
		} catch (error) {
			if (problemCode(error) !== 'not_a_picture') throw error;
			return null;
		}
	}

	async function perform(
		row: StoredImport,
		signal: AbortSignal,
		hooks: Pick<
			Parameters<typeof runImport>[2],
			'progress' | 'onprogress' | 'onwait' | 'onbusy' | 'stirred'
		>
	) {
		log.info('import runs', { importId: row.id, source: row.source });
		let outcome: { state: ImportState; code?: ImportFailure };
		try {
			const source = sourceOf(row.source);
			const order = await unsealed(row, source, secrets);
			const whose = await person(row.personId);
			if (!whose || whose.role === 'listener') throw new SourceError('not_allowed', 'source');
			const outgoing = http.client(hooks.onwait);
			await runImport(row, signal, {
				...{ catalogue, landing, log, now, ...hooks },
				playlists: (of, opened) => brought.bringAll(of, whose, opened),
				open: (context) =>
					source.open(order as never, {
						...{ ...context, person: whose, outgoing, reader },
						keepPicture: (picture) => keptPicture(whose.id, picture)
					})
			});
			await adopted.look((await catalogue.imports.byId(row.id)) ?? row);
			outcome = { state: 'done' };
		} catch (error) {
			// Paused, cancelled, or the process ends: whoever asked for it has written it down.
			if (signal.aborted) return;
			const code =
				error instanceof SourceError ? IMPORT_FAILURES.find((known) => known === error.code) : null;
			if (!code) log.error('import failed', { importId: row.id, error });
			else log.info('import cannot go on', { importId: row.id, code, error });
			outcome = { state: 'failed', code: code ?? 'unexpected' };
		}
		if (await catalogue.imports.move(row.id, ['running'], { ...outcome, now: now() })) {
			await say(row, outcome.state);
		}
	}

	/** Stops what runs, once its state says why. */
	async function stop(id: string) {
		const each = running.get(id);
		each?.abort.abort();
		await each?.done;
	}

	return {
		advance,

		stop,

		/** Takes from the line from now on. */
		async start(): Promise<void> {
			isOpen = true;
			await advance();
		},

		/** Takes no more from the line. */
		rest(): void {
			isOpen = false;
		},

		/** Stops what runs; it goes on with the next start. */
		async close(): Promise<void> {
			isOpen = false;
			for (const { abort } of running.values()) abort.abort();
			await Promise.all([...running.values()].map(({ done }) => done));
		}
	};
}
