import { Worker } from 'node:worker_threads';
import { read, type Reading, type Readings } from './readings.ts';
import { SourceError, type ListedItem } from './source.ts';

export type ReaderAnswer =
	| { kind: 'items'; items: ListedItem[] }
	| { kind: 'value'; value: Readings[keyof Readings] }
	| { kind: 'refused'; code: SourceError['code']; scope: SourceError['scope'] }
	| { kind: 'failed'; message: string };

/** Less than this is read at once: it takes about as long as to ask a thread for it, a millisecond or two. */
const SMALL_CHARACTERS = 16 * 1024;
/** A feed of five megabytes takes about a second of a processor that is not busy otherwise. */
const TIMEOUT_MS = 20_000;
const MAX_HEAP_MB = 256;

interface Pending {
	items: ListedItem[];
	resolve: (value: Readings[keyof Readings]) => void;
	reject: (error: Error) => void;
	timer: NodeJS.Timeout;
}

/**
 * Reads feeds, lists and answers of other people's servers in a thread of its own, so that no listener waits for a
 * large one. One after the other; one that takes the thread's time or memory is refused, and the next gets a new thread.
 */
export class Reader {
	#worker: Worker | null = null;
	#pending: Pending | null = null;
	#turn: Promise<unknown> = Promise.resolve();
	#isClosed = false;
	readonly #timeoutMs: number;

	constructor({ timeoutMs = TIMEOUT_MS } = {}) {
		this.#timeoutMs = timeoutMs;
	}

	/** @throws SourceError not_understood also for what cannot be read in time and in bounds */
	read<As extends keyof Readings>(reading: Reading & { as: As }): Promise<Readings[As]> {
		const asked =
			reading.text.length <= SMALL_CHARACTERS
				? Promise.try(() => read(reading))
				: this.#inTurn(reading);
		return asked as Promise<Readings[As]>;
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		const worker = this.#worker;
		this.#fail(new Error('the reader was closed'));
		await worker?.terminate();
	}

	#inTurn(reading: Reading): Promise<Readings[keyof Readings]> {
		const asked = this.#turn.then(() => this.#readNow(reading));
		this.#turn = asked.catch(() => {});
		return asked;
	}

	#readNow(reading: Reading): Promise<Readings[keyof Readings]> {
		if (this.#isClosed) return Promise.reject(new Error('the reader was closed'));
		const worker = (this.#worker ??= this.#start());
		const { promise, resolve, reject } = Promise.withResolvers<Readings[keyof Readings]>();
		const timer = setTimeout(() => {
			// A parser that loops cannot be asked to stop.
			this.#fail(new SourceError('not_understood', 'source'));
			void worker.terminate();
		}, this.#timeoutMs);
		this.#pending = { items: [], resolve, reject, timer };
		worker.postMessage(reading);
		return promise;
	}

	#start(): Worker {
		const worker = new Worker(new URL('./reader-worker.ts', import.meta.url), {
			resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB }
		});
		worker.unref();
		worker.on('message', (answer: ReaderAnswer) => {
			if (this.#worker === worker) this.#hear(answer);
		});
		worker.on('error', (cause) => {
			// Out of memory: nothing that we want is so large.
			if (this.#worker === worker) {
				this.#fail(new SourceError('not_understood', 'source', { cause }));
			}
		});
		return worker;
	}

	#hear(answer: ReaderAnswer) {
		const pending = this.#pending;
		if (!pending) return;
		if (answer.kind === 'items') {
			pending.items.push(...answer.items);
			// Whoever asked for a page meanwhile is served first.
			setImmediate(() => this.#worker?.postMessage('more'));
			return;
		}
		this.#pending = null;
		clearTimeout(pending.timer);
		const { items } = pending;
		if (answer.kind === 'refused') pending.reject(new SourceError(answer.code, answer.scope));
		else if (answer.kind === 'failed') pending.reject(new Error(answer.message));
		else
			pending.resolve(
				answer.value && 'items' in answer.value ? { ...answer.value, items } : answer.value
			);
	}

	#fail(error: Error) {
		this.#worker = null;
		if (!this.#pending) return;
		clearTimeout(this.#pending.timer);
		this.#pending.reject(error);
		this.#pending = null;
	}
}
