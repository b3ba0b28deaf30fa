import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { JournalRecord } from './journal.ts';

/** Whose it is stands with each record: the next person at this browser does not see it. */
interface Schema extends DBSchema {
	upload: {
		key: string;
		value: JournalRecord & { personId: string };
		indexes: { person: string };
	};
	/** What was dropped or chosen, as the browser lets a page open it again. */
	root: {
		key: string;
		value: { id: string; personId: string; handle: FileSystemHandle };
		indexes: { person: string };
	};
}
export type BrowserDatabase = IDBPDatabase<Schema>;

const NAME = 'segue-uploads';
const VERSION = 2;

/** The uploader's part of the browser's storage; null where that is switched off: then nothing is remembered. */
export async function openDatabase(): Promise<BrowserDatabase | null> {
	try {
		return await openDB<Schema>(NAME, VERSION, {
			upgrade(db, from) {
				if (from < 1)
					db.createObjectStore('upload', { keyPath: 'key' }).createIndex('person', 'personId');
				db.createObjectStore('root', { keyPath: 'id' }).createIndex('person', 'personId');
			},
			// Another tab runs a newer portal: it may upgrade, and this one remembers nothing more.
			blocking: (_current, _blocked, event) =>
				(event.target as unknown as { close(): void }).close()
		});
	} catch {
		return null;
	}
}
