import { openDatabase, type BrowserDatabase } from './database.ts';
import type { Journal, JournalRecord } from './journal.ts';

/** Writes what changed once in a while, all of it in one transaction. */
const WRITE_MS = 250;

/** The journal of one person in this browser. */
export class BrowserJournal implements Journal {
	readonly #personId: string;
	readonly #db: Promise<BrowserDatabase | null>;
	#changes = new Map<string, JournalRecord | null>();
	#timer: ReturnType<typeof setTimeout> | null = null;
	#writing: Promise<void> = Promise.resolve();

	constructor(personId: string) {
		this.#personId = personId;
		this.#db = openDatabase();
	}

	async load(): Promise<JournalRecord[]> {
		try {
			const db = await this.#db;
			const records = (await db?.getAllFromIndex('upload', 'person', this.#personId)) ?? [];
			return records.sort((a, b) => a.order - b.order);
		} catch {
			return []; // the browser closed its storage: this visit begins with what it is given
		}
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

	/** While the storage does not answer, the last word on each file waits, not every one. */
	async #write() {
		const db = await this.#db;
		const changes = this.#changes;
		this.#changes = new Map();
		if (!db || changes.size === 0) return;
		try {
			const { store, done } = db.transaction('upload', 'readwrite', { durability: 'relaxed' });
			for (const [key, record] of changes) {
				void (record ? store.put({ ...record, personId: this.#personId }) : store.delete(key));
			}
			await done;
		} catch {
			// The browser's storage is full or was taken away: this visit goes on, the next begins with less.
		}
	}
}
