import type { QueueStore } from './memory.ts';

const STORE = 'queue';

/** The queue in the browser's own database; where there is none, nothing is remembered. */
export function browserQueueStore(): QueueStore {
	let opened: Promise<IDBDatabase | null> | null = null;
	const database = () => (opened ??= open().catch(() => null)); // switched off in this window, or full
	return {
		async read() {
			const store = (await database())?.transaction(STORE).objectStore(STORE);
			if (!store) return null;
			const asked = [store.get('entries'), store.get('rest')].map((request) => answerOf(request));
			const [entries, rest] = await Promise.all(asked);
			return { entries, rest };
		},
		async write({ entries, rest }) {
			const change = (await database())?.transaction(STORE, 'readwrite');
			const store = change?.objectStore(STORE);
			if (entries) store?.put(entries, 'entries');
			store?.put(rest, 'rest');
			await endOf(change);
		},
		async clear() {
			const change = (await database())?.transaction(STORE, 'readwrite');
			change?.objectStore(STORE).clear();
			await endOf(change);
		}
	};
}

function open(): Promise<IDBDatabase> {
	const opening = indexedDB.open('segue-player', 1);
	opening.onupgradeneeded = () => void opening.result.createObjectStore(STORE);
	return answerOf(opening);
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error ?? new Error('it failed'));
	});
}

/** However it ends: where it is full, what was kept before stays. */
function endOf(change: IDBTransaction | undefined): Promise<void> {
	return new Promise((resolve) => {
		if (!change) return resolve();
		change.oncomplete = change.onabort = change.onerror = () => resolve();
	});
}
