import { createHash, randomBytes } from 'node:crypto';
import type { Person } from '#contracts/account';
import {
	IMPORT_ITEM_STATES,
	type ChangeImport,
	type ImportFailure,
	type ImportItems,
	type ImportList,
	type ImportOrder,
	type ImportRecord,
	type ImportSource,
	type ImportState,
	IMPORT_FAILURES,
	type StartedImport
} from '#contracts/import';
import { Problem } from '#contracts/problem';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { StoredImport } from '../catalogue/imports.ts';
import type { Live } from '../live/live.ts';
import type { Log } from '../ops/log.ts';
import type { Http } from './http.ts';
import type { Landing } from './landing.ts';
import { lineUp, startsIn } from './line.ts';
import { Progress } from './progress.ts';
import { runImport } from './run.ts';
import type { Secrets } from './secrets.ts';
import { SourceError, type Source } from './source.ts';
import type { Sources } from './sources.ts';

/** Everybody's together; the others wait in line. */
const RUNNING_AT_ONCE = 2;
/** Far more than wait at any time. */
const MAX_LINE = 1_000;
const MAX_LISTED = 50;
const ITEMS_PAGE = 100;
/** News of one import come this far apart, and while it runs not farther than the second. */
const SAY_MS = 1_000;
const BEAT_MS = 8_000;

export interface ImportsOptions {
	catalogue: Catalogue;
	sources: Sources;
	http: Pick<Http, 'client'>;
	landing: Landing;
	secrets: Secrets;
	live: Pick<Live, 'say'>;
	/** The person of an id, or null when there is none any more. */
	person: (id: string) => Promise<Person | null>;
	log: Log;
	now?: () => number;
}

interface Running {
	row: StoredImport;
	progress: Progress;
	abort: AbortController;
	done: Promise<void>;
	/** What requests wait for, and what the run does: the one that was said last. */
	waitingFor: string | null;
	busy: readonly number[];
	stir: () => void;
}

export type Imports = ReturnType<typeof createImports>;

/** Who imports what from where: two at once, the others in line, each of them through restarts. */
export function createImports(options: ImportsOptions) {
	const { catalogue, sources, http, landing, secrets, live, person, log, now = Date.now } = options;
	const running = new Map<string, Running>();
	let isOpen = false;
	let isAdvancing = false;
	let isWoken = false;

	const sourceOf = (name: ImportSource): Source => {
		// By its name an order fits the source; the types cannot follow that through a table.
		const source = sources[name] as Source | undefined;
		if (!source) throw new Problem('not_offered');
		return source;
	};
	const owned = async (asks: Person, id: string): Promise<StoredImport> => {
		const row = await catalogue.imports.byId(id);
		if (!row || row.personId !== asks.id) throw new Problem('not_found');
		return row;
	};
	const say = ({ id, personId }: StoredImport, state: ImportState) =>
		live.say(personId, { type: 'import_changed', importId: id, state });

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
				void advance();
			});
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
			const [source, order] = [sourceOf(row.source), await orderOf(row)];
			const whose = await person(row.personId);
			if (!whose || whose.role === 'listener') throw new SourceError('not_allowed', 'source');
			const outgoing = http.client(hooks.onwait);
			await runImport(row, signal, {
				...{ catalogue, landing, log, now, ...hooks },
				open: (context) => source.open(order as never, { ...context, person: whose, outgoing })
			});
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

	async function orderOf(row: StoredImport): Promise<ImportOrder> {
		const order = JSON.parse(row.body) as ImportOrder;
		if (!sourceOf(row.source).secrets?.length) return order;
		const opened = row.secret === null ? null : await secrets.open(row.secret);
		if (opened === null) throw new SourceError('password_needed', 'source');
		return { ...order, ...(JSON.parse(opened) as object) } as ImportOrder;
	}

	/** Takes what is secret out of an order. */
	async function sealed(order: ImportOrder, names: readonly string[]) {
		const isSecret = ([name]: [string, unknown]) => names.includes(name);
		const entries = Object.entries(order);
		const secret = Object.fromEntries(entries.filter(isSecret));
		return {
			body: JSON.stringify(Object.fromEntries(entries.filter((entry) => !isSecret(entry)))),
			secret: names.length > 0 ? await secrets.seal(JSON.stringify(secret)) : null
		};
	}

	/** Stops what runs, once its state says why. */
	async function stop(id: string) {
		const each = running.get(id);
		each?.abort.abort();
		await each?.done;
	}

	/** What goes with one that waits, for all of them at once. */
	async function places(): Promise<Map<string, { position: number; startsInSeconds?: number }>> {
		const served = [...running.values()];
		const line = lineUp(
			await catalogue.imports.inState('queued', MAX_LINE),
			served.map(({ row }) => row)
		);
		if (line.length === 0) return new Map();
		const left = await Promise.all(
			served.map(async ({ row }) => {
				const fresh = await catalogue.imports.byId(row.id);
				return fresh && timeOf(fresh).secondsLeft;
			})
		);
		return new Map(
			line.map(({ id }, at) => {
				const seconds = startsIn(at + 1, left, RUNNING_AT_ONCE);
				const place = { position: at + 1, ...(seconds !== null && { startsInSeconds: seconds }) };
				return [id, place];
			})
		);
	}

	const totalOf = ({ isListed, listed, saidTotal }: StoredImport) =>
		isListed ? listed : saidTotal;

	function timeOf(row: StoredImport): { secondsLeft: number | null } {
		const total = totalOf(row);
		const { progress } = running.get(row.id) ?? {};
		if (!progress || total === null) return { secondsLeft: null };
		const left = Math.max(0, total - row.done - row.skipped - row.failed);
		return { secondsLeft: progress.secondsFor(left) };
	}

	function toRecord(row: StoredImport, line: Awaited<ReturnType<typeof places>>): ImportRecord {
		const total = totalOf(row);
		const each = row.state === 'running' ? running.get(row.id) : undefined;
		const { secondsLeft } = timeOf(row);
		const place = row.state === 'queued' ? line.get(row.id) : undefined;
		const waitingFor = place ? waitWords(place.position) : (each?.waitingFor ?? null);
		return {
			id: row.id,
			source: row.source,
			label: row.label,
			state: row.state,
			...place,
			...(waitingFor !== null && { waitingFor }),
			...(row.code !== null && { code: row.code }),
			items: {
				...(total !== null && { total }),
				...{ done: row.done, skipped: row.skipped, failed: row.failed }
			},
			bytes: row.bytes,
			...(each && { bytesPerSecond: each.progress.bytesPerSecond }),
			...(each && secondsLeft !== null && { secondsLeft }),
			publish: row.publish,
			createdAt: new Date(row.createdAt).toISOString(),
			...(row.endedAt !== null && { endedAt: new Date(row.endedAt).toISOString() })
		};
	}

	return {
		/**
		 * Puts an import into line; nothing is asked of its source before the answer.
		 * @returns what is running instead, when one of this place is open already
		 * @throws Problem forbidden for listeners, not_offered
		 */
		async order(
			asks: Person,
			order: ImportOrder
		): Promise<StartedImport & { isRunningAlready: boolean }> {
			if (asks.role === 'listener') throw new Problem('forbidden');
			const source = sourceOf(order.source);
			await source.admit?.(order as never, asks);
			const { publish = false } = order;
			const place = createHash('sha256')
				.update(`${order.source}\n${source.place(order as never)}`)
				.digest('hex')
				.slice(0, 24);
			const id = randomBytes(12).toString('hex');
			const kept = await sealed(order, source.secrets ?? []);
			const added = {
				...{ id, personId: asks.id, source: order.source, place, publish, now: now(), ...kept },
				label: source.label(order as never).slice(0, 200)
			};
			if (!(await catalogue.imports.add(added))) {
				const open = await catalogue.imports.openAt(asks.id, place);
				if (!open) throw new Problem('busy'); // it ended in this moment
				return { id: open.id, url: urlOf(open.id), isRunningAlready: true };
			}
			await live.say(asks.id, { type: 'import_changed', importId: id, state: 'queued' });
			void advance();
			return { id, url: urlOf(id), isRunningAlready: false };
		},

		/** One's own, newest first. */
		async list(asks: Person): Promise<ImportList> {
			const rows = await catalogue.imports.ofPerson(asks.id, MAX_LISTED);
			const line = rows.some(({ state }) => state === 'queued') ? await places() : new Map();
			return { imports: rows.map((row) => toRecord(row, line)) };
		},

		/** @throws Problem not_found */
		async get(asks: Person, id: string): Promise<ImportRecord> {
			const row = await owned(asks, id);
			return toRecord(row, row.state === 'queued' ? await places() : new Map());
		},

		/** Its items in one state, a page at a time. @throws Problem not_found, bad_request */
		async items(
			asks: Person,
			id: string,
			{ state = 'failed', after = '0' }: { state?: string; after?: string }
		): Promise<ImportItems> {
			await owned(asks, id);
			const known = IMPORT_ITEM_STATES.find((name) => name === state);
			if (!known || !/^\d{1,15}$/.test(after)) throw new Problem('bad_request');
			const page = { after: Number(after), limit: ITEMS_PAGE };
			const busy = running.get(id)?.busy ?? [];
			// What comes just now is not worth a write.
			const kept = known === 'fetching' ? 'waiting' : known;
			const found = await catalogue.importItems.list(id, { state: kept, ...page });
			const items = found.map((item) =>
				busy.includes(item.id) ? { ...item, state: 'fetching' as const } : item
			);
			return {
				items: items.filter((item) => item.state === known),
				next: found.length === ITEMS_PAGE ? (found.at(-1)?.id ?? null) : null
			};
		},

		/** @throws Problem not_found, import_state when it is not in a state for that, password_needed, import_running */
		async change(asks: Person, id: string, { action, password }: ChangeImport): Promise<void> {
			const row = await owned(asks, id);
			const move = async (from: ImportState[], to: { state: ImportState; secret?: string }) => {
				const isMoved = await catalogue.imports.move(id, from, { ...to, now: now() });
				if (!isMoved) throw new Problem('import_state');
				await say(row, to.state);
			};
			if (action === 'pause') {
				await move(['queued', 'running'], { state: 'paused' });
				await stop(id);
			} else if (action === 'resume') {
				await move(['paused'], { state: 'queued' });
			} else if (action === 'cancel') {
				await move(['queued', 'running', 'paused'], { state: 'cancelled' });
				await stop(id);
				await landing.sweep();
			} else {
				const source = sourceOf(row.source);
				const [secretName] = source.secrets ?? [];
				if (secretName !== undefined && password === undefined)
					throw new Problem('password_needed');
				const open = await catalogue.imports.openAt(asks.id, row.place);
				if (open) throw new Problem('import_running');
				const secret =
					secretName === undefined
						? undefined
						: await secrets.seal(JSON.stringify({ [secretName]: password }));
				const isMoved = await catalogue.transaction(async ({ imports, importItems }) => {
					const to = {
						state: 'queued',
						now: now(),
						...(secret !== undefined && { secret })
					} as const;
					if (!(await imports.move(id, ['failed', 'cancelled', 'done'], to))) return false;
					await imports.count(id, { failed: -(await importItems.retryFailed(id)) });
					return true;
				});
				if (!isMoved) throw new Problem('import_state');
				await say(row, 'queued');
			}
			void advance();
		},

		/** Ingest has said something of somebody's uploads. */
		stir(): void {
			for (const each of running.values()) each.stir();
		},

		sweep: () => landing.sweep(),

		async start(): Promise<void> {
			isOpen = true;
			await advance();
		},

		/** Stops what runs; it goes on with the next start. */
		async close(): Promise<void> {
			isOpen = false;
			for (const { abort } of running.values()) abort.abort();
			await Promise.all([...running.values()].map(({ done }) => done));
		}
	};
}

const urlOf = (id: string) => `/api/imports/${id}`;

const waitWords = (position: number) =>
	position === 1
		? `${RUNNING_AT_ONCE} imports are running; yours is next`
		: `${RUNNING_AT_ONCE} imports are running; ${position - 1} more ${position === 2 ? 'is' : 'are'} before yours`;
