import type { ImportOrder, ImportSource } from '#contracts/import';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { StoredImport } from '../catalogue/imports.ts';
import type { Log } from '../ops/log.ts';
import type { Source, Watcher } from './source.ts';

interface WatchingOptions {
	catalogue: Pick<Catalogue, 'imports' | 'watchedImports'>;
	sourceOf: (name: ImportSource) => Source;
	/** Told of an import that stands in line again. */
	onagain: (row: StoredImport) => void;
	log: Log;
	now: () => number;
}

export type Watching = ReturnType<typeof createWatching>;

/** Imports that look again by themselves when something changes at their places. */
export function createWatching({ catalogue, sourceOf, onagain, log, now }: WatchingOptions) {
	const watchers = new Map<string, Watcher>();

	/** @returns false while it is under way: what it finds itself need not be told, the rest is asked again */
	async function changed(id: string, seen: string): Promise<boolean> {
		const row = await catalogue.imports.byId(id);
		if (!row) return true;
		const isToList = !row.isListed && ['queued', 'running', 'paused'].includes(row.state);
		if (row.seen === null && isToList) {
			await catalogue.watchedImports.saw(id, seen);
			return true;
		}
		if (!(await catalogue.watchedImports.lookAgain(id, seen, now()))) return false;
		log.info('import looks again', { importId: id });
		onagain(row);
		return true;
	}

	function begin(row: StoredImport) {
		if (watchers.has(row.id)) return;
		const source = sourceOf(row.source);
		const watcher = source.watch?.(JSON.parse(row.body) as ImportOrder as never, {
			...{ seen: row.seen, log },
			onchange: (seen) => changed(row.id, seen)
		});
		if (!watcher) return;
		watchers.set(row.id, watcher);
		void watcher.look();
	}

	async function end(id: string) {
		const watcher = watchers.get(id);
		watchers.delete(id);
		await watcher?.close();
	}

	return {
		begin,
		end,
		/** It is not under way any more: what changed meanwhile is found now. */
		look: (id: string) => void watchers.get(id)?.look(),
		/** Whether the place is away, as a disk that is not mounted. */
		isAway: (id: string) => watchers.get(id)?.isThere === false,

		async start(): Promise<void> {
			for (const row of await catalogue.watchedImports.all()) {
				try {
					begin(row);
				} catch (error) {
					// Its source is not offered any more.
					log.warn('import not watched', { importId: row.id, error });
				}
			}
		},

		async close(): Promise<void> {
			await Promise.all([...watchers.keys()].map(end));
		}
	};
}
