import { setTimeout as sleep } from 'node:timers/promises';
import { kindOf } from '#contracts/file-kind';
import type { ItemFailure } from '#contracts/import';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { StoredItem } from '../catalogue/import-items.ts';
import type { StoredImport } from '../catalogue/imports.ts';
import type { Log } from '../ops/log.ts';
import type { Landing, Whole } from './landing.ts';
import { COUNT_MS, Listing } from './listing.ts';
import type { Progress } from './progress.ts';
import type { Adopted } from './items.ts';
import type { OpenSource, SourceContext } from './source.ts';
import { SourceError } from './source-error.ts';

/** Items of one import that come at the same time. */
const SLOTS = 2;
const ITEM_ATTEMPTS = 3;
const ITEM_RETRY_MS = [1_000, 5_000];
/** So many bytes are worth another round of attempts. */
const PROGRESS_BYTES = 256 * 1024;
/** The machine's own want of room is nobody's fault, and passes. */
const ROOM_RETRY_MS = 30_000;
/** A server that lets so many items in a row down is away as a whole. */
const AWAY_AFTER = 4;
const AWAY_RETRY_MS = [5_000, 20_000, 60_000];
/** Ingest is looked at this often even when nobody says anything. */
const SETTLE_MS = 2_000;
const SETTLE_PAGE = 500;

export interface RunOptions {
	catalogue: Catalogue;
	landing: Landing;
	progress: Progress;
	/** Opens its source; called again when the source was away. */
	open: (context: Pick<SourceContext, 'signal' | 'log'>) => Promise<OpenSource>;
	/** Brings the source's playlists, once its items are here. */
	playlists: (row: StoredImport, source: OpenSource) => Promise<void>;
	/** In words, what the run waits for now. */
	onwait: (words: string | null) => void;
	/** Something is new that people may want to see. */
	onprogress: () => void;
	/** Told which items come just now. */
	onbusy: (ids: readonly number[]) => void;
	/** Resolves when ingest said something, or after a while. */
	stirred: (ms: number, signal: AbortSignal) => Promise<void>;
	log: Log;
	now: () => number;
}

/**
 * One import from where it stands to its end: pages are listed, what is new is fetched, what came is handed to
 * ingest, and it ends when ingest has said what became of all of it. Aborted, it can be begun again at any point.
 * @throws SourceError when it cannot go on
 */
export async function runImport(row: StoredImport, signal: AbortSignal, options: RunOptions) {
	for (let away = 0; ;) {
		const before = options.progress.items;
		try {
			await new Run(row, signal, options).toEnd();
			return;
		} catch (error) {
			if (options.progress.items > before) away = 0;
			const isAway = error instanceof SourceError && error.scope === 'later';
			// Whom nobody has reached yet may be a name that was mistyped: that is said at once.
			const hasBegun = row.listed > 0 || options.progress.items > 0;
			const waitMs = Math.max(AWAY_RETRY_MS[away] ?? 0, isAway ? (error.retryInMs ?? 0) : 0);
			if (signal.aborted || !isAway || !hasBegun || away === AWAY_RETRY_MS.length) throw error;
			away += 1;
			options.log.info('import waits for its source', { importId: row.id, error });
			options.onwait(`${row.label} does not answer; we ask again soon`);
			await sleep(waitMs, undefined, { signal });
			options.onwait(null);
		}
	}
}

class Run {
	readonly #row: StoredImport;
	readonly #signal: AbortSignal;
	readonly #options: RunOptions;
	#source: OpenSource | null = null;
	readonly #busy = new Map<number, Promise<void>>();
	readonly #listing: Listing;
	/** Items in a row that the source could not give. */
	#letDown = 0;
	#failure: unknown = null;

	constructor(row: StoredImport, signal: AbortSignal, options: RunOptions) {
		this.#row = row;
		this.#signal = signal;
		this.#options = options;
		this.#listing = new Listing(row, options);
	}

	async toEnd(): Promise<void> {
		const { catalogue, open, log } = this.#options;
		await this.#listing.begin();
		const abort = new AbortController();
		const signal = AbortSignal.any([this.#signal, abort.signal]);
		try {
			this.#source = await open({ signal, log });
			const { label } = this.#source;
			if (label !== undefined && label !== this.#row.label) {
				await catalogue.imports.rename(this.#row.id, label);
			}
			while (await this.#step(this.#source, signal));
			await this.#options.playlists(this.#row, this.#source);
		} finally {
			abort.abort();
			await Promise.all(this.#busy.values());
			await this.#listing.writeDown();
			await this.#source?.close?.().catch((error: unknown) => {
				log.warn('import source not closed', { importId: this.#row.id, error });
			});
		}
	}

	/** @returns whether there is more to do */
	async #step(source: OpenSource, signal: AbortSignal): Promise<boolean> {
		const { catalogue, now, onwait, stirred } = this.#options;
		const { id } = this.#row;
		signal.throwIfAborted();
		if (this.#failure !== null) throw this.#failure as Error;
		await this.#settle();
		while (this.#busy.size < SLOTS) {
			const item = await catalogue.importItems.next(id, [...this.#busy.keys()], now());
			if (!item) break;
			this.#begin(item, signal);
		}
		if (this.#busy.size < SLOTS && !this.#listing.isWhole) {
			const until = now() + COUNT_MS;
			// While all that is listed is known there is nothing else to ask for.
			while ((await this.#listing.page(source)) === 0 && this.#busy.size === 0 && now() < until) {
				signal.throwIfAborted();
				if (this.#listing.isWhole) break;
			}
			return true;
		}
		await this.#listing.writeDown();
		if (this.#busy.size > 0) {
			// What came before is decided meanwhile.
			await Promise.race([...this.#busy.values(), stirred(SETTLE_MS, signal)]);
			return true;
		}
		const nextAt = await catalogue.importItems.nextAt(id);
		if (nextAt !== null) {
			onwait('Some files did not come; they are tried again soon');
			await stirred(Math.min(Math.max(10, nextAt - now()), SETTLE_MS), signal);
			onwait(null);
			return true;
		}
		if (!(await catalogue.importItems.hasProcessing(id))) return false;
		onwait('The files are here and are being prepared');
		await stirred(SETTLE_MS, signal);
		onwait(null);
		return true;
	}

	#begin(item: StoredItem, signal: AbortSignal) {
		const { onbusy } = this.#options;
		const done = this.#fetch(item, signal)
			.catch((error: unknown) => {
				this.#failure ??= error;
			})
			.finally(() => {
				this.#busy.delete(item.id);
				onbusy([...this.#busy.keys()]);
			});
		this.#busy.set(item.id, done);
		onbusy([...this.#busy.keys()]);
	}

	async #fetch(item: StoredItem, signal: AbortSignal): Promise<void> {
		const { landing, progress } = this.#options;
		let came = 0;
		const onbytes = (bytes: number) => {
			came += bytes;
			progress.bytesCame(bytes);
		};
		try {
			const whole = await this.#bring(item, onbytes);
			await landing.handOver(this.#row, item, whole);
			this.#letDown = 0;
			progress.itemEnded();
			this.#options.onprogress();
		} catch (error) {
			if (signal.aborted) return;
			await this.#failed(item, error, came);
		}
	}

	/** All bytes of an item, those that were here already among them. */
	async #bring(item: StoredItem, onbytes: (bytes: number) => void): Promise<Whole> {
		const { catalogue, landing } = this.#options;
		const { personId } = this.#row;
		const here = await landing.here(item);
		// A crash came between the last byte and the handing over.
		if (here > 0 && here === item.wholeSize) return landing.whole(item, here);
		const resume = { offset: here, ifRange: here > 0 ? item.validator : null };
		const fetched = await this.#source?.fetch(item, resume);
		if (!fetched) throw new SourceError('unexpected', 'item');
		const { offset, size, validator, body } = fetched;
		const isNamed = kindOf(item.name, undefined) === 'audio';
		const name = isNamed ? item.name : (fetched.name ?? item.name);
		const goesOn =
			offset === here && (here === 0 || item.wholeSize === null || size === item.wholeSize);
		if (offset !== 0 && !goesOn) {
			body.on('error', () => {});
			body.destroy();
			await catalogue.importItems.change(item.id, { validator: null, wholeSize: null });
			throw new SourceError('changed_meanwhile', 'later');
		}
		let how: Adopted | undefined;
		if (offset === 0) {
			await landing.forget(item.id);
			const adopted = await landing.adopt(item, fetched, personId);
			if (adopted && adopted.adopted?.kept !== 'copied') return { ...adopted, name };
			how = adopted?.adopted;
			const { describe } = fetched;
			// With the first byte, so that whoever goes on after a crash knows it too.
			if (describe) item.description = { ...item.description, ...describe };
			await catalogue.importItems.change(item.id, {
				...{ validator, wholeSize: size },
				...(describe && item.description && { description: item.description })
			});
		}
		const written = await landing.write(item, fetched, { personId, onbytes });
		return { ...landing.whole(item, written), name, ...(how && { adopted: how }) };
	}

	async #failed(item: StoredItem, error: unknown, came: number): Promise<void> {
		const { catalogue, landing, progress, log, now, onprogress } = this.#options;
		const { id: importId } = this.#row;
		const isKnown = error instanceof SourceError;
		if (!isKnown) log.error('import item failed', { importId, item: item.id, error });
		if (isKnown && error.scope === 'source') throw error;
		const code: ItemFailure = isKnown ? error.code : 'unexpected';
		log.info('import item not fetched', { importId, item: item.id, code, error });
		if (isKnown && error.scope === 'later') {
			const isRoom = code === 'disk_full' || code === 'quota_exceeded';
			const isTold = code === 'rate_limited';
			const attempts = came >= PROGRESS_BYTES ? 1 : item.attempts + (isRoom || isTold ? 0 : 1);
			if (attempts < ITEM_ATTEMPTS) {
				const usualMs = isRoom ? ROOM_RETRY_MS : (ITEM_RETRY_MS[attempts - 1] ?? ROOM_RETRY_MS);
				const runAt = now() + Math.max(usualMs, error.retryInMs ?? 0);
				await catalogue.importItems.change(item.id, { attempts, runAt });
				if (this.#source?.isOneServer && !isRoom && came === 0) {
					this.#letDown += 1;
					// Not one item after the other: all of them wait for the same server.
					if (this.#letDown >= AWAY_AFTER) throw error;
				}
				return;
			}
		}
		await landing.forget(item.id);
		await catalogue.transaction(async (nouns) => {
			await nouns.importItems.change(item.id, {
				...{ state: 'failed', code, runAt: 0 },
				...{ validator: null, wholeSize: null }
			});
			await nouns.imports.count(importId, { failed: 1 });
		});
		progress.itemEnded();
		onprogress();
	}

	/** What ingest has decided since the last look. */
	async #settle(): Promise<void> {
		const { catalogue, onprogress } = this.#options;
		const settled = await catalogue.importItems.settled(this.#row.id, SETTLE_PAGE);
		if (settled.length === 0) return;
		const groups = Map.groupBy(settled, ({ state, code }) => `${state} ${code}`);
		const failed = settled.filter(({ state }) => state === 'failed').length;
		await catalogue.transaction(async (nouns) => {
			for (const group of groups.values()) {
				const [first] = group;
				if (!first) continue;
				const ids = group.map(({ id }) => id);
				await nouns.importItems.settle(ids, first.state, first.code);
			}
			const counted = { done: settled.length - failed, failed };
			await nouns.imports.count(this.#row.id, counted);
		});
		onprogress();
	}
}
