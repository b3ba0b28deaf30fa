import { Overrun, Thread, type Heard } from '../thread.ts';
import { read, type Reading, type Readings } from './readings.ts';
import type { ListedItem } from './items.ts';
import { SourceError } from './source-error.ts';

type Read = Readings[keyof Readings];

export type ReaderAnswer =
	| { kind: 'items'; items: ListedItem[] }
	| { kind: 'value'; value: Read }
	| { kind: 'refused'; code: SourceError['code']; scope: SourceError['scope'] }
	| { kind: 'failed'; message: string };

/** Less than this is read at once: it takes about as long as to ask a thread for it, a millisecond or two. */
const SMALL_CHARACTERS = 16 * 1024;
/** A feed of five megabytes takes about a second of a processor that is not busy otherwise. */
const TIMEOUT_MS = 20_000;
const MAX_HEAP_MB = 256;

/**
 * Reads feeds, lists and answers of other people's servers in a thread of its own, so that no listener waits for a
 * large one.
 */
export class Reader {
	readonly #timeoutMs: number;
	readonly #thread = new Thread({
		module: new URL('./reader-worker.ts', import.meta.url),
		maxHeapMb: MAX_HEAP_MB,
		name: 'reader'
	});

	constructor({ timeoutMs = TIMEOUT_MS } = {}) {
		this.#timeoutMs = timeoutMs;
	}

	/** @throws SourceError not_understood also for what cannot be read in time and in bounds */
	read<As extends keyof Readings>(reading: Reading & { as: As }): Promise<Readings[As]> {
		const asked =
			reading.text.length <= SMALL_CHARACTERS
				? Promise.try(() => read(reading))
				: this.#inThread(reading);
		return asked as Promise<Readings[As]>;
	}

	close(): Promise<void> {
		return this.#thread.close();
	}

	async #inThread(reading: Reading): Promise<Read> {
		const items: ListedItem[] = [];
		const hear = (message: unknown) => heard(message as ReaderAnswer, items);
		try {
			return await this.#thread.ask(reading, { timeoutMs: this.#timeoutMs, hear });
		} catch (error) {
			// Nothing that we want is so large.
			if (error instanceof Overrun) {
				throw new SourceError('not_understood', 'source', { cause: error });
			}
			throw error;
		}
	}
}

/** @param items those that came before, to which this adds its own */
function heard(answer: ReaderAnswer, items: ListedItem[]): Heard<Read> {
	switch (answer.kind) {
		case 'items':
			items.push(...answer.items);
			return 'more';
		case 'refused':
			return { error: new SourceError(answer.code, answer.scope) };
		case 'failed':
			return { error: new Error(answer.message) };
		case 'value':
			return {
				value: answer.value && 'items' in answer.value ? { ...answer.value, items } : answer.value
			};
	}
}
