import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { SendFailure } from './upload.ts';
import type { Failure, Refusal } from '#contracts/upload';
import type { Priority } from './schedule.ts';

/** What is remembered of a file, so that another visit can go on with it. */
export interface JournalRecord {
	key: string;
	/** Position in the list. */
	order: number;
	name: string;
	path: string | null;
	/** Bytes. */
	size: number;
	/** Milliseconds since 1970: with path and size it tells whether a file is still the same one. */
	lastModified: number;
	priority: Priority;
	/** Null until it is registered. */
	id: string | null;
	url: string | null;
	/** Why it is among the failed ones, or null when it still has to arrive. */
	failure: Failure | SendFailure | Refusal | null;
}

/** The queue as it was at the last visit. Losing it loses convenience, never bytes that the server has. */
export interface Journal {
	/** In the order of the list. */
	load(): Promise<JournalRecord[]>;
	put(records: readonly JournalRecord[]): void;
	remove(keys: readonly string[]): void;
	/** Resolves once everything that was put or removed is written. */
	flush(): Promise<void>;
	close(): void;
}

/** Whose upload it is stands with it: the next person at this browser does not see it. */
interface Schema extends DBSchema {
	upload: { key: string; value: JournalRecord & { personId: string }; indexes: { person: string } };
}

const NAME = 'segue-uploads';
const VERSION = 1;

/** Writes what changed once in a while, all of it in one transaction. */
const WRITE_MS = 250;

/** The journal of one person in this browser. */
export class BrowserJournal implements Journal {
	readonly #personId: string;
	readonly #db: Promise<IDBPDatabase<Schema> | null>;
	#changes = new Map<string, JournalRecord | null>();
	#timer: ReturnType<typeof setTimeout> | null = null;
	#writing: Promise<void> = Promise.resolve();

	constructor(personId: string) {
		this.#personId = personId;
		this.#db = open();
	}

	async load(): Promise<JournalRecord[]> {
		const db = await this.#db;
		const records = (await db?.getAllFromIndex('upload', 'person', this.#personId)) ?? [];
		return records.sort((a, b) => a.order - b.order);
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
		const changes = this.#changes;
		this.#changes = new Map();
		if (changes.size > 0) this.#writing = this.#writing.then(() => this.#write(changes));
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

	async #write(changes: ReadonlyMap<string, JournalRecord | null>) {
		const db = await this.#db;
		if (!db) return;
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

async function open(): Promise<IDBPDatabase<Schema> | null> {
	try {
		return await openDB<Schema>(NAME, VERSION, {
			upgrade(db) {
				db.createObjectStore('upload', { keyPath: 'key' }).createIndex('person', 'personId');
			},
			// Another tab runs a newer portal: it may upgrade, and this one remembers nothing more.
			blocking: (_current, _blocked, event) =>
				(event.target as unknown as { close(): void }).close()
		});
	} catch {
		return null; // storage is switched off in this window: nothing is remembered
	}
}
