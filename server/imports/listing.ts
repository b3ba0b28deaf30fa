import type { ImportItemState } from '#contracts/import';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { AddedItem } from '../catalogue/import-items.ts';
import type { Counted, StoredImport } from '../catalogue/imports.ts';
import { MAX_ITEMS, MAX_PAGE, type ListedItem } from './items.ts';
import type { OpenSource } from './source.ts';
import { SourceError } from './source-error.ts';

/** Counts of what is known already are written down this often. */
export const COUNT_MS = 1_000;
const MAX_SOURCE_ID = 1_000;
const ENDED: readonly ImportItemState[] = ['ready', 'duplicate', 'failed'];

interface ListingOptions {
	catalogue: Catalogue;
	/** Something is new that people may want to see. */
	onprogress: () => void;
	now: () => number;
}

/** Where the listing of an import's source stands, and what was counted of it. */
export class Listing {
	readonly #row: StoredImport;
	readonly #options: ListingOptions;
	/** Counts that are not written down yet. */
	#pending: Counted = {};
	#place: { cursor: string | null; isListed: boolean; saidTotal: number | null };
	#writtenAt: number;
	/** Its place is further than what was written down, also where nothing of it had to be counted. */
	#isAhead = false;

	constructor(row: StoredImport, options: ListingOptions) {
		this.#row = row;
		this.#options = options;
		const { cursor, isListed, saidTotal } = row;
		this.#place = { cursor, isListed, saidTotal };
		this.#writtenAt = options.now();
	}

	/** Whether its last page was written down. */
	get isWhole(): boolean {
		return this.#place.isListed;
	}

	/** From where it was written down last. */
	async begin(): Promise<void> {
		const fresh = await this.#options.catalogue.imports.byId(this.#row.id);
		if (!fresh) return;
		const { cursor, isListed, saidTotal } = fresh;
		this.#place = { cursor, isListed, saidTotal };
	}

	/**
	 * One page: one question about what is known, and a write only for what is not.
	 * @returns how many items of it are not known
	 */
	async page(source: OpenSource): Promise<number> {
		const { catalogue, now } = this.#options;
		const { id: importId, personId, place } = this.#row;
		const page = await source.list(this.#place.cursor);
		if (page.items.length > MAX_PAGE) throw new SourceError('not_understood', 'source');
		const items = [...new Map(page.items.map((item) => [item.sourceId, item])).values()].filter(
			({ sourceId }) => sourceId !== '' && sourceId.length <= MAX_SOURCE_ID
		);
		const known = await catalogue.importItems.known(
			personId,
			place,
			items.map(({ sourceId }) => sourceId)
		);
		const isNew = (item: ListedItem) => {
			const before = known.get(item.sourceId);
			if (!before) return true;
			const hasChanged = before.changed !== (item.changed ?? null);
			// Of its own it looks again at what has ended: an import that watches its place comes by several times.
			if (before.importId === importId) return hasChanged && ENDED.includes(before.state);
			return hasChanged || before.state === 'waiting' || before.state === 'failed';
		};
		const wanted = items.filter(isNew);
		const own = items.flatMap((item) => {
			const before = known.get(item.sourceId);
			return before?.importId === importId ? [{ ...before, isWanted: isNew(item) }] : [];
		});
		const again = own.filter(({ isWanted }) => isWanted);
		const failedBefore = again.filter(({ state }) => state === 'failed').length;
		const skipped = items.length - wanted.length - (own.length - again.length);
		const hashes = wanted.flatMap(({ sha256 }) => sha256 ?? []);
		const here = await catalogue.originals.ownedAmong(personId, hashes);
		const taken = wanted.map((item) => toAdded(item, here));
		const twins = taken.filter(({ state }) => state === 'duplicate').length;

		this.#place = {
			cursor: page.next,
			isListed: page.next === null,
			saidTotal: page.total ?? this.#place.saidTotal
		};
		this.#isAhead = true;
		this.#add({
			listed: wanted.length - again.length + skipped,
			skipped: skipped + twins,
			failed: -failedBefore,
			done: failedBefore - again.length
		});
		if (this.#row.listed + (this.#pending.listed ?? 0) > MAX_ITEMS)
			throw new SourceError('too_many_items', 'source');
		const isDue = taken.length > 0 || now() - this.#writtenAt >= COUNT_MS;
		if (!isDue) return 0;
		const counted = this.#taken();
		await catalogue.transaction(async (nouns) => {
			await nouns.importItems.take({ personId, place, importId }, taken);
			await nouns.imports.listedTo(importId, { ...this.#place, ...counted });
		});
		this.#wrote();
		return taken.length;
	}

	/** What was counted, and how far it came, since the last time. */
	async writeDown(): Promise<void> {
		if (!this.#isAhead) return;
		const { imports } = this.#options.catalogue;
		await imports.listedTo(this.#row.id, { ...this.#place, ...this.#taken() });
		this.#wrote();
	}

	#wrote() {
		this.#isAhead = false;
		this.#writtenAt = this.#options.now();
		this.#options.onprogress();
	}

	#add(counted: Counted) {
		for (const [name, by] of Object.entries(counted) as [keyof Counted, number][]) {
			this.#pending[name] = (this.#pending[name] ?? 0) + by;
		}
	}

	#taken(): Counted {
		const counted = this.#pending;
		this.#pending = {};
		return counted;
	}
}

const toAdded = (item: ListedItem, here: ReadonlySet<string>): AddedItem => ({
	sourceId: item.sourceId,
	state: item.sha256 !== undefined && here.has(item.sha256) ? 'duplicate' : 'waiting',
	name: item.name,
	path: item.path ?? null,
	size: item.size ?? null,
	changed: item.changed ?? null,
	type: item.type ?? null,
	sha256: item.sha256 ?? null,
	description: item.describe ?? null,
	locator: item.locator ?? null
});
