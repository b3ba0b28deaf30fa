import type { MusicBrainz } from '#contracts/track';
import type { Metadata } from '../metadata.ts';
import { Thread, type Heard } from '../thread.ts';
import type { Outline } from './outline.ts';
import type { Plain } from './plain.ts';

export interface Tags extends Metadata {
	/** As it was embedded: never served like this. */
	picture: Uint8Array<ArrayBuffer> | null;
	musicbrainz: MusicBrainz | null;
}

export interface Question {
	ask: 'tags' | Plain | 'likeness';
	file: string;
	/** What it is compared with. */
	other?: string;
}
export type ToHash = Pick<Question, 'file'>;
/** A hash, tags, an outline, or a likeness. */
type Found = string | Tags | Outline | null | number;
export type Answer = { value: Found } | { error: string };

/** Others wait for it, each of them shorter than they would notice. */
const TAGS_TIMEOUT_MS = 4_000;
const HASH_TIMEOUT_MS = 30 * 60_000;
const MAX_HEAP_MB = 192;
const HASH_HEAP_MB = 32;

/**
 * Reads files in threads of their own, so that a page never waits for a hash or for a strange tag. What hashes comes
 * last in line; tags have only so much time, and do not.
 */
export class Inspector {
	readonly #tagsTimeoutMs: number;
	readonly #thread = new Thread({
		module: new URL('./inspect-worker.ts', import.meta.url),
		maxHeapMb: MAX_HEAP_MB,
		name: 'inspector'
	});
	readonly #hasher = new Thread({
		module: new URL('./hash-worker.ts', import.meta.url),
		maxHeapMb: HASH_HEAP_MB,
		name: 'hasher'
	});

	constructor({ tagsTimeoutMs = TAGS_TIMEOUT_MS } = {}) {
		this.#tagsTimeoutMs = tagsTimeoutMs;
	}

	/** sha-256 of the whole file, in hexadecimal. */
	async hash(file: string): Promise<string> {
		const asked = { timeoutMs: HASH_TIMEOUT_MS, hear: hears };
		return (await this.#hasher.ask<Found>({ file } satisfies ToHash, asked)) as string;
	}

	/** @throws Error when the tags cannot be read in time and in bounds */
	async tags(file: string): Promise<Tags> {
		return (await this.#ask({ ask: 'tags', file }, this.#tagsTimeoutMs)) as Tags;
	}

	/** What a plain file is; null when it is not as plain as that. @throws Error as `tags` does */
	async outline(file: string, demuxer: Plain): Promise<Outline | null> {
		return (await this.#ask({ ask: demuxer, file }, this.#tagsTimeoutMs)) as Outline | null;
	}

	/** How much two excerpts are the same sound, from 0 to 1. */
	async likeness(file: string, other: string): Promise<number> {
		return (await this.#ask({ ask: 'likeness', file, other }, this.#tagsTimeoutMs)) as number;
	}

	async close(): Promise<void> {
		await Promise.all([this.#thread.close(), this.#hasher.close()]);
	}

	#ask(question: Question, timeoutMs: number): Promise<Found> {
		return this.#thread.ask(question, { timeoutMs, hear: hears });
	}
}

function hears(message: unknown): Heard<Found> {
	const answer = message as Answer;
	return 'error' in answer ? { error: new Error(answer.error) } : answer;
}
