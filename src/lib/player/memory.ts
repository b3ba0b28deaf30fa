import type { QueueState } from './queue.ts';
import type { SafeStorage } from './safe-storage.ts';

const PLACE = 'segue.place';

/** Where the queue is kept: it may be too long for what browsers keep of strings. Nothing here throws. */
export interface QueueStore {
	read(): Promise<{ entries: unknown; rest: unknown } | null>;
	/** @param entries missing where they are as they were */
	write(parts: { entries?: QueueState['entries']; rest: unknown }): Promise<void>;
	clear(): Promise<void>;
}

export interface Remembered {
	queue: QueueState;
	seconds: number;
}

/** What plays, kept for the next visit: the queue when it changes, the place in the track at every moment. */
export class Memory {
	readonly #store: QueueStore;
	readonly #storage: SafeStorage;
	#written: QueueState | null = null;
	#writing: Promise<void> = Promise.resolve();

	constructor({ store, storage }: { store: QueueStore; storage: SafeStorage }) {
		this.#store = store;
		this.#storage = storage;
	}

	/** Cheap enough for every change: what is as it was is not written again. */
	keep(queue: QueueState) {
		const written = this.#written;
		if (queue === written) return;
		this.#written = queue;
		const { entries, ...rest } = queue;
		const parts = { rest, ...(entries !== written?.entries && { entries }) };
		this.#writing = this.#writing.then(() => this.#store.write(parts));
	}

	/** At once, since a page that goes away waits for nothing. */
	keepPlace(entryKey: number, seconds: number) {
		this.#storage.write(PLACE, JSON.stringify({ key: entryKey, seconds }));
	}

	async recall(): Promise<Remembered | null> {
		await this.#writing;
		const kept = await this.#store.read();
		if (!kept?.entries) return null;
		const parsing = await import('./parse-memory.ts').catch(() => null); // the network is away
		if (!parsing) return null;
		const { parseEntries, parsePlace, parseRest } = parsing;
		const rest = parseRest(kept.rest);
		const entries = parseEntries(kept.entries);
		if (!rest) return null;
		if (entries.length === 0) return null;
		const place = parsePlace(this.#storage.read(PLACE));
		const at = entries.findIndex((entry) => entry.key === place?.key);
		const index = at >= 0 ? at : rest.index;
		const isPlace = entries[index] !== undefined;
		return {
			queue: { ...rest, entries, index: isPlace ? index : 0 },
			seconds: at >= 0 && place ? place.seconds : 0
		};
	}

	async forget(): Promise<void> {
		this.#written = null;
		this.#storage.write(PLACE, '');
		this.#writing = this.#writing.then(() => this.#store.clear());
		await this.#writing;
	}
}
