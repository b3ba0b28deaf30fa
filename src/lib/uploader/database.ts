import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
import type { JournalRecord } from './journal.ts';

/** What changed at once: how files were then, and the keys of those that were forgotten. */
export interface Written {
	personId: string;
	/** Milliseconds since 1970, and later than what was written before. */
	at: number;
	changes: (JournalRecord | string)[];
}

/** Whose it is stands with each record: the next person at this browser does not see it. */
export interface Schema extends DBSchema {
	upload: { key: [personId: string, at: number]; value: Written };
	/** What was dropped or chosen, as the browser lets a page open it again. */
	root: {
		key: string;
		value: { id: string; personId: string; handle: FileSystemHandle };
		indexes: { person: string };
	};
}
export type BrowserDatabase = IDBPDatabase<Schema>;
type Renewing = IDBPTransaction<Schema, ('upload' | 'root')[], 'versionchange'>;
type Earlier = JournalRecord & { personId: string };

const NAME = 'segue-uploads';
const VERSION = 3;

/** The uploader's part of the browser's storage; null where that is switched off: then nothing is remembered. */
export async function openDatabase(): Promise<BrowserDatabase | null> {
	try {
		return await openDB<Schema>(NAME, VERSION, {
			upgrade: (db, from, _to, transaction) => void renew(db, from, transaction),
			// Another tab runs a newer portal: it may upgrade, and this one remembers nothing more.
			blocking: (_current, _blocked, event) =>
				(event.target as unknown as { close(): void }).close()
		});
	} catch {
		return null;
	}
}

/** It fails with its transaction. */
async function renew(db: BrowserDatabase, from: number, transaction: Renewing) {
	if (from < 2) db.createObjectStore('root', { keyPath: 'id' }).createIndex('person', 'personId');
	const earlier = from < 1 ? [] : await transaction.objectStore('upload').getAll();
	if (from >= 1) db.deleteObjectStore('upload');
	const store = db.createObjectStore('upload', { keyPath: ['personId', 'at'] });
	// It had a record for each file.
	for (const [at, record] of (earlier as unknown as Earlier[]).entries()) {
		await store.put({ personId: record.personId, at, changes: [record] });
	}
}
