import { Worker } from 'node:worker_threads';
import type { MusicBrainz } from '#contracts/track';
import type { Metadata } from '../metadata.ts';
import type { Outline, Plain } from './outline.ts';

export interface Tags extends Metadata {
	/** As it was embedded: never served like this. */
	picture: Uint8Array<ArrayBuffer> | null;
	musicbrainz: MusicBrainz | null;
}

export interface Question {
	ask: 'hash' | 'tags' | Plain | 'likeness';
	file: string;
	/** What it is compared with. */
	other?: string;
}
/** A hash, tags, an outline, or a likeness. */
type Found = string | Tags | Outline | null | number;
export type Answer = { value: Found } | { error: string };

/** Others wait for it, each of them shorter than they would notice. */
const TAGS_TIMEOUT_MS = 4_000;
const HASH_TIMEOUT_MS = 30 * 60_000;
const MAX_HEAP_MB = 192;

interface Pending {
	resolve: (value: Found) => void;
	reject: (error: Error) => void;
	timer: NodeJS.Timeout;
}

/**
 * Reads files in a thread of its own, so that a page never waits for a hash or for a strange tag. One after the
 * other: a file that takes the thread down with it takes nobody else's answer.
 */
export class Inspector {
	#worker: Worker | null = null;
	#pending: Pending | null = null;
	#turn: Promise<unknown> = Promise.resolve();
	#isClosed = false;
	readonly #tagsTimeoutMs: number;

	constructor({ tagsTimeoutMs = TAGS_TIMEOUT_MS } = {}) {
		this.#tagsTimeoutMs = tagsTimeoutMs;
	}

	/** sha-256 of the whole file, in hexadecimal. */
	async hash(file: string): Promise<string> {
		return (await this.#ask('hash', file, HASH_TIMEOUT_MS)) as string;
	}

	/** @throws Error when the tags cannot be read in time and in bounds */
	async tags(file: string): Promise<Tags> {
		return (await this.#ask('tags', file, this.#tagsTimeoutMs)) as Tags;
	}

	/** What a plain file is; null when it is not as plain as that. @throws Error as `tags` does */
	async outline(file: string, demuxer: Plain): Promise<Outline | null> {
		return (await this.#ask(demuxer, file, this.#tagsTimeoutMs)) as Outline | null;
	}

	/** How much two excerpts are the same sound, from 0 to 1. */
	async likeness(file: string, other: string): Promise<number> {
		return (await this.#ask('likeness', file, this.#tagsTimeoutMs, other)) as number;
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		const worker = this.#worker;
		this.#fail(new Error('the inspector was closed'));
		await worker?.terminate();
	}

	#ask(ask: Question['ask'], file: string, timeoutMs: number, other?: string): Promise<Found> {
		const question = { ask, file, ...(other !== undefined && { other }) };
		const asked = this.#turn.then(() => this.#askNow(question, timeoutMs));
		this.#turn = asked.catch(() => {});
		return asked;
	}

	#askNow(question: Question, timeoutMs: number): Promise<Found> {
		if (this.#isClosed) return Promise.reject(new Error('the inspector was closed'));
		const worker = (this.#worker ??= this.#start());
		const { promise, resolve, reject } = Promise.withResolvers<Found>();
		const timer = setTimeout(() => {
			// A parser that loops cannot be asked to stop.
			this.#fail(new Error(`${question.ask} took longer than ${timeoutMs} ms`));
			void worker.terminate();
		}, timeoutMs);
		this.#pending = { resolve, reject, timer };
		worker.postMessage(question);
		return promise;
	}

	#start(): Worker {
		const worker = new Worker(new URL('./inspect-worker.ts', import.meta.url), {
			resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB }
		});
		worker.unref();
		worker.on('message', (answer: Answer) => {
			const pending = this.#pending;
			if (this.#worker !== worker || !pending) return;
			this.#pending = null;
			clearTimeout(pending.timer);
			if ('error' in answer) pending.reject(new Error(answer.error));
			else pending.resolve(answer.value);
		});
		worker.on('error', (error) => {
			if (this.#worker === worker) {
				this.#fail(error instanceof Error ? error : new Error(String(error)));
			}
		});
		return worker;
	}

	#fail(error: Error) {
		this.#worker = null;
		if (!this.#pending) return;
		clearTimeout(this.#pending.timer);
		this.#pending.reject(error);
		this.#pending = null;
	}
}
