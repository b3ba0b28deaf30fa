import type { IDBPObjectStore } from 'idb';
import { openDatabase, type BrowserDatabase, type Schema, type Written } from './database.ts';
import type { Journal, JournalRecord } from './journal.ts';

type Writes = IDBPObjectStore<Schema, ['upload'], 'upload', 'readwrite'>;

/** Writes what changed once in a while, all of it at once. */
const WRITE_MS = 250;
/** Everything is written anew when so many times what there is has changed, and so much besides. */
const MOST_STALE = { times: 4, besides: 1_000 };
/** Files that are written as one. */
const PORTION = 1_000;

/**
 * The journal of one person in this browser. It grows at its end, and what changed at once is one record: to a browser a
 * record for each of a thousand files is twenty times the work.
 */
export class BrowserJournal implements Journal {
	readonly #personId: string;
	readonly #db: Promise<BrowserDatabase | null>;
	#changes = new Map<string, JournalRecord | null>();
	#timer: ReturnType<typeof setTimeout> | null = null;
	#writing: Promise<void> = Promise.resolve();
	/** Of the files that are remembered. */
	#keys = new Set<string>();
	/** Changes that are written down, old ones among them. */
	#written = 0;
	#lastAt = 0;

	constructor(personId: string) {
		this.#personId = personId;
		this.#db = openDatabase();
	}

	load(): Promise<JournalRecord[]> {
		const loading = this.#writing.then(() => this.#read());
		this.#writing = loading.then(() => {});
		return loading;
	}

	put(records: readonly JournalRecord[]) {
		for (const record of records) this.#changes.set(record.key, record);
		this.#writeSoon();
	}

	remove(keys: readonly string[]) {
		for (const key of keys) this.#changes.set(key, null);
		this.#writeSoon();
	}

	flush(): Promise<void> {
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
		this.#writing = this.#writing.then(() => this.#write());
		return this.#writing;
	}

	close() {
		void this.flush()
			.then(() => this.#db)
			.then((db) => db?.close());
	}

	#writeSoon() {
		this.#timer ??= setTimeout(() => void this.flush(), WRITE_MS);
	}

	async #read(): Promise<JournalRecord[]> {
		try {
			const db = await this.#db;
			const writes = (await db?.getAll('upload', this.#own)) ?? [];
			const records = lastOf(writes);
			this.#keys = new Set(records.keys());
			this.#written = writes.reduce((sum, { changes }) => sum + changes.length, 0);
			this.#lastAt = writes.at(-1)?.at ?? 0;
			return [...records.values()].sort((a, b) => a.order - b.order);
		} catch {
			return []; // the browser closed its storage: this visit begins with what it is given
		}
	}

	/** While the storage does not answer, the last word on each file waits, not every one. */
	async #write() {
		const db = await this.#db;
		const changes = this.#changes;
		this.#changes = new Map();
		if (!db || changes.size === 0) return;
		for (const [key, record] of changes) {
			if (record) this.#keys.add(key);
			else this.#keys.delete(key);
		}
		try {
			const { store, done } = db.transaction('upload', 'readwrite', { durability: 'relaxed' });
			if (this.#keys.size > 0) await this.#append(store, changes);
			else await this.#clear(store);
			await done;
		} catch {
			// The browser's storage is full or was taken away: this visit goes on, the next begins with less.
		}
	}

	async #append(store: Writes, changes: ReadonlyMap<string, JournalRecord | null>) {
		this.#put(
			store,
			Array.from(changes, ([key, record]) => record ?? key)
		);
		if (this.#written <= this.#keys.size * MOST_STALE.times + MOST_STALE.besides) return;
		const records = [...lastOf(await store.getAll(this.#own)).values()];
		await this.#clear(store);
		for (let at = 0; at < records.length; at += PORTION) {
			this.#put(store, records.slice(at, at + PORTION));
		}
	}

	async #clear(store: Writes) {
		this.#written = 0;
		await store.delete(this.#own);
	}

	#put(store: Writes, changes: Written['changes']) {
		// Clocks are put back.
		this.#lastAt = Math.max(this.#lastAt + 1, Date.now());
		this.#written += changes.length;
		const written = store.put({ personId: this.#personId, at: this.#lastAt, changes });
		written.catch(() => {}); // the transaction says it too
	}

	/** What this person wrote: in the order of the keys a list comes behind every number. */
	get #own(): IDBKeyRange {
		return IDBKeyRange.bound([this.#personId], [this.#personId, []]);
	}
}

/** The last word on each file. */
function lastOf(writes: readonly Written[]): Map<string, JournalRecord> {
	const records = new Map<string, JournalRecord>();
	for (const change of writes.flatMap(({ changes }) => changes)) {
		if (typeof change === 'string') records.delete(change);
		else records.set(change.key, change);
	}
	return records;
}
