import { openDB, type IDBPDatabase } from 'idb';
import type { QueueStore } from './memory.ts';

const STORE = 'queue';

/** The queue in the browser's own database; where there is none, nothing is remembered. */
export function browserQueueStore(): QueueStore {
	let opened: Promise<IDBPDatabase | null> | null = null;
	const database = () =>
		(opened ??= openDB('segue-player', 1, {
			upgrade: (made) => void made.createObjectStore(STORE)
		}).catch(() => null)); // switched off in this window, or full
	return {
		async read() {
			const db = await database();
			if (!db) return null;
			const [entries, rest] = await Promise.all([db.get(STORE, 'entries'), db.get(STORE, 'rest')]);
			return { entries, rest };
		},
		async write({ entries, rest }) {
			const db = await database();
			if (!db) return;
			const change = db.transaction(STORE, 'readwrite');
			await Promise.all([
				entries && change.store.put(entries, 'entries'),
				change.store.put(rest, 'rest'),
				change.done
			]).catch(() => {}); // full: what was kept before stays
		},
		async clear() {
			await (await database())?.clear(STORE).catch(() => {}); // the same
		}
	};
}
