import { openDatabase, type BrowserDatabase } from './database.ts';
import type { Dropped } from './entry.ts';
import { randomKey } from './queue.ts';
import type { CarriedFile } from './tabs.ts';

type Permission = 'granted' | 'denied' | 'prompt';
/** Chromium's, and not yet in the DOM's types. */
type Askable = FileSystemHandle & {
	queryPermission(how: { mode: 'read' }): Promise<Permission>;
	requestPermission(how: { mode: 'read' }): Promise<Permission>;
};

/** As the page drops it. */
export interface DroppedFile extends Pick<Dropped, 'file' | 'path'> {
	/** What was dropped whole, and the names on the way down to this file. */
	root?: { handle: FileSystemHandle; inside: readonly string[] };
}

/**
 * What was dropped or chosen, kept by the browser so that another visit can open it again. Where a browser gives no
 * handles there is nothing to keep, and people drop their files once more.
 */
export class Roots {
	readonly #personId: string;
	readonly #db: Promise<BrowserDatabase | null>;
	/** A folder is handed over in portions, and is one root all the same. */
	readonly #ids = new WeakMap<FileSystemHandle, string>();

	constructor(personId: string) {
		this.#personId = personId;
		this.#db = openDatabase();
	}

	/** Names what was dropped, and keeps the ways back to it. */
	carry(dropped: Iterable<DroppedFile>): CarriedFile[] {
		const kept = new Map<string, FileSystemHandle>();
		const files = Array.from(dropped, ({ file, path, root }): CarriedFile => {
			const carried = { key: randomKey(), file, path };
			if (!root) return carried;
			let id = this.#ids.get(root.handle);
			if (id === undefined) {
				id = randomKey();
				this.#ids.set(root.handle, id);
				kept.set(id, root.handle);
			}
			return { ...carried, place: { root: id, inside: [...root.inside] } };
		});
		if (kept.size > 0) void this.#keep(kept);
		return files;
	}

	async ids(): Promise<string[]> {
		return (await this.#all()).map(({ id }) => id);
	}

	async forget(ids: Iterable<string>): Promise<void> {
		const db = await this.#db;
		for (const id of ids) await db?.delete('root', id).catch(() => {}); // the next visit tries again
	}

	/** Asks the person, who has just clicked, to let this page read again what it was given before. */
	async ask(): Promise<void> {
		for (const { handle } of await this.#all()) {
			if ((await permission(handle)) === 'prompt') {
				await (handle as Askable).requestPermission({ mode: 'read' }).catch(() => {
					// The click is too long ago for one more question: what was not granted is dropped again.
				});
			}
		}
	}

	/** The roots that may be read without a question. */
	async readable(): Promise<Map<string, FileSystemHandle>> {
		const readable = new Map<string, FileSystemHandle>();
		for (const { id, handle } of await this.#all()) {
			if ((await permission(handle)) === 'granted') readable.set(id, handle);
		}
		return readable;
	}

	async close() {
		(await this.#db)?.close();
	}

	async #keep(roots: ReadonlyMap<string, FileSystemHandle>): Promise<void> {
		const db = await this.#db;
		try {
			const writing = db?.transaction('root', 'readwrite');
			for (const [id, handle] of roots) {
				void writing?.store.put({ id, handle, personId: this.#personId });
			}
			await writing?.done;
		} catch {
			// Full, or a browser that cannot keep handles: files are dropped again after a reload.
		}
	}

	async #all() {
		try {
			const db = await this.#db;
			return (await db?.getAllFromIndex('root', 'person', this.#personId)) ?? [];
		} catch {
			return []; // the browser closed its storage: files are dropped again
		}
	}
}

/** The file at a place; null when it is gone from there. @throws when that cannot be told: the drive is away, say */
export async function openPlace(
	root: FileSystemHandle,
	inside: readonly string[]
): Promise<File | null> {
	// Without its root nothing can be said of what lies in it.
	if (root.kind === 'directory') await (root as FileSystemDirectoryHandle).keys().next();
	try {
		let at = root;
		for (const [depth, name] of inside.entries()) {
			const folder = at as FileSystemDirectoryHandle;
			const isFile = depth === inside.length - 1;
			at = isFile ? await folder.getFileHandle(name) : await folder.getDirectoryHandle(name);
		}
		return await (at as FileSystemFileHandle).getFile();
	} catch (error) {
		if (error instanceof DOMException && error.name === 'NotFoundError') return null;
		throw error;
	}
}

async function permission(handle: FileSystemHandle): Promise<Permission> {
	// The origin's own file system needs none, and has no such method everywhere.
	if (!('queryPermission' in handle)) return 'granted';
	return (handle as Askable).queryPermission({ mode: 'read' });
}
