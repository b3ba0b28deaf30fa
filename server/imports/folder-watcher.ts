import { createHash } from 'node:crypto';
import { watch, type FSWatcher } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../ops/log.ts';
import { walk } from './folder-walk.ts';
import type { Watcher, WatchOptions } from './source.ts';

/** Whoever copies an album writes for a while: it is looked at when nothing was written for so long. */
const QUIET_MS = 1_500;
/** And at the latest so long after the first change. */
const PATIENCE_MS = 60_000;
/** News do not come from network disks, and not from more folders than the system has room for. */
const RESCAN_MS = 10 * 60_000;
/** Each takes a little of what the system has for all programs. */
const MAX_FOLDERS = 2_000;

/** Notices that music in a folder is new or changed: by the system's news, and by a slow look that needs none. */
export class FolderWatcher implements Watcher {
	readonly #folder: () => Promise<string | null>;
	readonly #onchange: (seen: string) => Promise<boolean>;
	readonly #log: Log;
	readonly #quietMs: number;
	readonly #slow: NodeJS.Timeout;
	readonly #end = new AbortController();
	readonly #watched = new Map<string, FSWatcher>();
	#seen: string | null;
	#due: NodeJS.Timeout | null = null;
	#firstAt = 0;
	#isThere = true;
	#looking: Promise<void> | null = null;
	#isStale = false;

	/** @param folder where it really is, or null while it is not there */
	constructor(
		folder: () => Promise<string | null>,
		{
			seen,
			onchange,
			log,
			quietMs = QUIET_MS,
			rescanMs = RESCAN_MS
		}: WatchOptions & { quietMs?: number; rescanMs?: number }
	) {
		this.#folder = folder;
		this.#seen = seen;
		this.#onchange = onchange;
		this.#log = log;
		this.#quietMs = quietMs;
		this.#slow = setInterval(() => {
			// A folder that went and came back is another one, of which no news come.
			this.#leaveAll();
			void this.look();
		}, rescanMs);
		this.#slow.unref();
	}

	get isThere() {
		return this.#isThere;
	}

	/** One look at a time; who asks meanwhile is given one more. */
	look(): Promise<void> {
		if (this.#looking) {
			this.#isStale = true;
			return this.#looking;
		}
		this.#looking = this.#lookUntilFresh()
			.catch((error: unknown) => {
				if (!this.#end.signal.aborted) this.#log.warn('folder not looked at', { error });
			})
			.finally(() => (this.#looking = null));
		return this.#looking;
	}

	async close(): Promise<void> {
		this.#end.abort();
		clearInterval(this.#slow);
		if (this.#due) clearTimeout(this.#due);
		this.#leaveAll();
		await this.#looking;
	}

	async #lookUntilFresh() {
		do {
			this.#isStale = false;
			await this.#lookOnce();
		} while (this.#isStale && !this.#end.signal.aborted);
	}

	async #lookOnce() {
		for (let before: string | null = null; ;) {
			const now = await this.#fingerprint();
			// A folder that is gone, as a disk that is not mounted, is no folder without music.
			if (now === null || now === this.#seen) return;
			// One that grows is not told before it rests; the first time only says what it is like.
			if (now === before || this.#seen === null) {
				if (await this.#onchange(now)) this.#seen = now;
				return;
			}
			before = now;
			await sleep(this.#quietMs, undefined, { signal: this.#end.signal });
		}
	}

	/** Of what is there: names, sizes, dates. */
	async #fingerprint(): Promise<string | null> {
		const root = await this.#folder();
		this.#isThere = root !== null;
		if (root === null) return null;
		const hash = createHash('sha256');
		const there = new Set<string>();
		const onfolder = (folder: string) => {
			there.add(folder);
			this.#enter(folder);
		};
		for await (const { relative, size, modifiedMs } of walk(root, null, onfolder)) {
			this.#end.signal.throwIfAborted();
			hash.update(`${JSON.stringify(relative)} ${size} ${modifiedMs}\n`);
		}
		for (const folder of [...this.#watched.keys()]) if (!there.has(folder)) this.#leave(folder);
		return hash.digest('hex').slice(0, 32);
	}

	#enter(folder: string) {
		if (this.#end.signal.aborted) return;
		if (this.#watched.has(folder) || this.#watched.size >= MAX_FOLDERS) return;
		try {
			const watcher = watch(folder, { persistent: false }, () => this.#stir());
			watcher.on('error', () => this.#leave(folder));
			this.#watched.set(folder, watcher);
		} catch {
			// The system has no room for more, or it went: the slow look finds what is in there.
		}
	}

	#leaveAll() {
		for (const folder of [...this.#watched.keys()]) this.#leave(folder);
	}

	#leave(folder: string) {
		this.#watched.get(folder)?.close();
		this.#watched.delete(folder);
	}

	#stir() {
		const now = Date.now();
		if (!this.#due) this.#firstAt = now;
		else clearTimeout(this.#due);
		const wait = Math.min(this.#quietMs, Math.max(0, this.#firstAt + PATIENCE_MS - now));
		this.#due = setTimeout(() => {
			this.#due = null;
			void this.look();
		}, wait);
		this.#due.unref();
	}
}
