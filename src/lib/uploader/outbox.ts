import { MAX_BATCH, type Description } from '#contracts/upload';
import type { UploadApi } from './api.ts';
import { Backoff } from './backoff.ts';
import { SendError } from './send-error.ts';
import type { Upload } from './upload.ts';

/** What is to be said of one upload. */
export interface Word {
	description: Description;
	isPublic: boolean;
}

export interface OutboxParts {
	api: Pick<UploadApi, 'describe' | 'publish'>;
	/** The server knows this word; a newer one may be on its way already. */
	ontold: (id: string, word: Word) => void;
	random: () => number;
}

/**
 * What people say of their files while these are on their way, told to the server in batches. The last word on a file
 * is the one that counts, and it is said again until it was heard.
 */
export class Outbox {
	readonly #parts: OutboxParts;
	readonly #words = new Map<string, Word>();
	readonly #backoff: Backoff;
	#isTelling = false;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#isClosed = false;

	constructor(parts: OutboxParts) {
		this.#parts = parts;
		this.#backoff = new Backoff({ random: parts.random });
	}

	say(id: string, word: Word) {
		this.#words.set(id, word);
		// Together with what else is said in the same breath.
		if (!this.#timer) this.#tellIn(0);
	}

	/** The network is back, or the person signed in. */
	retryNow() {
		this.#backoff.reset();
		if (this.#words.size > 0) this.#tellIn(0);
	}

	close() {
		this.#isClosed = true;
		if (this.#timer) clearTimeout(this.#timer);
	}

	#tellIn(ms: number) {
		if (this.#timer) clearTimeout(this.#timer);
		if (this.#isClosed) return;
		this.#timer = setTimeout(() => {
			this.#timer = null;
			void this.#tell();
		}, ms);
	}

	async #tell() {
		if (this.#isTelling) return;
		this.#isTelling = true;
		try {
			while (this.#words.size > 0 && !this.#isClosed) {
				const batch = [...this.#words].slice(0, MAX_BATCH);
				await this.#tellBatch(batch);
				for (const [id, word] of batch) {
					if (this.#words.get(id) === word) this.#words.delete(id);
					this.#parts.ontold(id, word);
				}
				this.#backoff.reset();
			}
		} catch {
			this.#tellIn(this.#backoff.next());
		} finally {
			this.#isTelling = false;
		}
	}

	async #tellBatch(batch: readonly [string, Word][]) {
		try {
			await this.#post(batch);
		} catch (error) {
			if (!isHopeless(error)) throw error;
			// One of them is unknown there, or cannot be read: nothing more is to be said of that one.
			for (const word of batch) {
				await this.#post([word]).catch((alone: unknown) => {
					if (!isHopeless(alone)) throw alone;
				});
			}
		}
	}

	async #post(batch: readonly [string, Word][]) {
		const { api } = this.#parts;
		await api.describe(batch.map(([id, { description }]) => ({ id, description })));
		for (const isPublic of [true, false]) {
			const ids = batch.filter(([, word]) => word.isPublic === isPublic).map(([id]) => id);
			if (ids.length > 0) await api.publish(ids, isPublic);
		}
	}
}

const isHopeless = (error: unknown) =>
	error instanceof SendError && (error.problem === 'gone' || error.problem === 'unreadable');

export const wordOf = ({ description, isPublic }: Upload): Word => ({ description, isPublic });

/** Descriptions are replaced, never changed: the same object is the same word. */
export const isSame = (one: Word, other: Word) =>
	one.description === other.description && one.isPublic === other.isPublic;
