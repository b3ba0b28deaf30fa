import { Track } from '#contracts/track';
import * as v from 'valibot';
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

const key = v.pipe(v.number(), v.integer());
const Kept = v.object({ key, track: Track });
const Rest = v.object({
	index: v.pipe(v.number(), v.integer()),
	unshuffled: v.nullable(v.array(key)),
	heard: v.array(key),
	repeat: v.picklist(['off', 'all', 'one'])
});
const Place = v.object({ key, seconds: v.pipe(v.number(), v.minValue(0)) });

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
		const rest = v.safeParse(Rest, kept?.rest);
		if (!kept || !rest.success || !Array.isArray(kept.entries)) return null;
		// An older portal may have written tracks otherwise: those that are not understood are left out.
		const entries = kept.entries.filter((entry) => v.is(Kept, entry));
		if (entries.length === 0) return null;
		const place = this.#place();
		const at = entries.findIndex((entry) => entry.key === place?.key);
		const index = at >= 0 ? at : rest.output.index;
		const isPlace = entries[index] !== undefined;
		return {
			queue: { ...rest.output, entries, index: isPlace ? index : 0 },
			seconds: at >= 0 && place ? place.seconds : 0
		};
	}

	async forget(): Promise<void> {
		this.#written = null;
		this.#storage.write(PLACE, '');
		this.#writing = this.#writing.then(() => this.#store.clear());
		await this.#writing;
	}

	#place() {
		try {
			const place = v.safeParse(Place, JSON.parse(this.#storage.read(PLACE) ?? 'null'));
			return place.success ? place.output : null;
		} catch {
			return null; // somebody else's text: begin at the beginning
		}
	}
}
