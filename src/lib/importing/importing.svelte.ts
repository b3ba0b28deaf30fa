import { createContext } from 'svelte';
import type { ImportOrder, ImportRecord } from '#contracts/import';
import type { ServerEvent } from '#contracts/live';
import { problemCode } from '#contracts/problem';
import type * as Api from './api.ts';

/** However often an import is heard of, it is read again this often at most. */
const READ_MS = 500;

/** One's own imports, as the server last said. */
export class Importing {
	#all = $state.raw<readonly ImportRecord[]>([]);
	#isRead = $state.raw(false);
	#timer: ReturnType<typeof setTimeout> | null = null;

	/** Newest first. */
	readonly all = $derived(this.#all);
	/** Those that have not ended. */
	readonly open = $derived(
		this.#all.filter(({ state }) => ['queued', 'running', 'paused'].includes(state))
	);

	/** Whether the list is the server's already. */
	get isRead() {
		return this.#isRead;
	}

	hear(events: readonly ServerEvent[]) {
		if (!events.some(({ type }) => type === 'import_changed' || type === 'reset')) return;
		this.#timer ??= setTimeout(() => {
			this.#timer = null;
			void this.read();
		}, READ_MS);
	}

	async read(): Promise<void> {
		try {
			const { fetchImports } = await import('./api.ts');
			this.#all = (await fetchImports()).imports;
			this.#isRead = true;
		} catch {
			// The portal does not answer: what was said last stands until the next news.
		}
	}

	/** @returns why it was not taken, in words; null when it was */
	start(order: ImportOrder): Promise<string | null> {
		return this.#do(({ startImport }) => startImport(order));
	}

	/** @returns why it could not be done, in words; null when it was */
	change(
		id: string,
		action: 'pause' | 'resume' | 'cancel' | 'retry' | 'unwatch',
		password?: string
	): Promise<string | null> {
		return this.#do(({ changeImport }) =>
			changeImport(id, { action, ...(password !== undefined && { password }) })
		);
	}

	/** What asks the portal is loaded when something is asked: most people import nothing. */
	async #do(work: (api: typeof Api) => Promise<unknown>): Promise<string | null> {
		try {
			await work(await import('./api.ts'));
			return null;
		} catch (error) {
			const { refusalWords } = await import('./import-words.ts');
			return refusalWords(problemCode(error));
		} finally {
			await this.read();
		}
	}
}

export const [useImporting, provideImporting] = createContext<Importing>();
