import { createContext } from 'svelte';
import type { ImportOrder, ImportRecord } from '#contracts/import';
import type { ServerEvent } from '#contracts/live';
import { problemCode } from '#contracts/problem';
import { changeImport, fetchImports, startImport } from './api.ts';
import { refusalWords } from './import-words.ts';

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
			this.#all = (await fetchImports()).imports;
			this.#isRead = true;
		} catch {
			// The portal does not answer: what was said last stands until the next news.
		}
	}

	/** @returns why it was not taken, in words; null when it was */
	start(order: ImportOrder): Promise<string | null> {
		return this.#do(() => startImport(order));
	}

	/** @returns why it could not be done, in words; null when it was */
	change(
		id: string,
		action: 'pause' | 'resume' | 'cancel' | 'retry' | 'unwatch',
		password?: string
	): Promise<string | null> {
		return this.#do(() =>
			changeImport(id, { action, ...(password !== undefined && { password }) })
		);
	}

	async #do(work: () => Promise<unknown>): Promise<string | null> {
		try {
			await work();
			return null;
		} catch (error) {
			return refusalWords(problemCode(error));
		} finally {
			await this.read();
		}
	}
}

export const [useImporting, provideImporting] = createContext<Importing>();
