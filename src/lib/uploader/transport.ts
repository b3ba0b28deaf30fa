import type { FileReader } from 'tus-js-client';
import { FetchStack } from './http-stack.ts';

/** What went wrong with one file's sending, in the queue's terms. */
export type SendProblem =
	| 'network'
	/** Away, restarting or busy: nothing is wrong with the file. */
	| 'away'
	| 'server'
	| 'unauthorized'
	| 'forbidden'
	| 'gone'
	| 'disk_full'
	| 'changed_on_disk';

export class SendError extends Error {
	override readonly name = 'SendError';
	readonly problem: SendProblem;
	/** What the server asked for by `Retry-After`. */
	readonly retryAfterMs: number | null;

	constructor(
		problem: SendProblem,
		{ retryAfterMs = null, ...options }: ErrorOptions & { retryAfterMs?: number | null } = {}
	) {
		super(problem, options);
		this.problem = problem;
		this.retryAfterMs = retryAfterMs;
	}
}

export interface Parcel {
	file: File;
	url: string;
	token: string;
	/** Never tried before: nothing of it is on the server. */
	isFresh: boolean;
}

/** Carries one file to the server, from wherever the last try ended. */
export interface Transport {
	/** @throws SendError; the signal's reason when it was aborted */
	send(
		parcel: Parcel,
		options: { signal: AbortSignal; onprogress: (bytes: number) => void }
	): Promise<void>;
	/** Asks the server to forget an upload; whether it is still there does not matter. */
	discard(parcel: Pick<Parcel, 'url' | 'token'>): Promise<void>;
}

const KIB = 1024;
/** Small, so that a slow link shows something soon; it doubles with every chunk that is quick. */
const FIRST_CHUNK = 256 * KIB;
const MIN_CHUNK = 64 * KIB;
const MAX_CHUNK = 16 * 1024 * KIB;
/** A chunk is what is lost at most, and how often the bar moves. */
const CHUNK_MS = 1_000;

/** tus 1.0.0 by tus-js-client; it resumes by asking the server how much is there. */
export class TusTransport implements Transport {
	/** Follows the link, for all uploads together. */
	#chunk = FIRST_CHUNK;
	readonly #fetch: typeof globalThis.fetch;
	readonly #base: string;

	/** @param options.base where upload URLs are relative to */
	constructor({
		fetch = (...request) => globalThis.fetch(...request),
		base
	}: {
		fetch?: typeof globalThis.fetch;
		base: string;
	}) {
		this.#fetch = fetch;
		this.#base = base;
	}

	async send(
		{ file, url, token, isFresh }: Parcel,
		{ signal, onprogress }: { signal: AbortSignal; onprogress: (bytes: number) => void }
	): Promise<void> {
		// Only who uploads pays for it, and only then.
		const { Upload } = await import('tus-js-client');
		signal.throwIfAborted();
		let status: number | null = null;
		let retryAfterMs: number | null = null;
		let chunkBegan = performance.now();
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const upload = new Upload(file, {
			// Without an endpoint the library can only resume: making an upload anew is our decision.
			endpoint: null,
			uploadUrl: new URL(url, this.#base).href,
			headers: { Authorization: `Bearer ${token}` },
			chunkSize: this.#chunk,
			retryDelays: null,
			storeFingerprintForResuming: false,
			fileReader: blobReader,
			httpStack: new FetchStack({
				signal,
				fetch: this.#fetch,
				fresh: isFresh ? { size: file.size } : null,
				onanswer: (answered, headers) => {
					status = answered;
					retryAfterMs = retryAfter(headers);
				}
			}),
			onBeforeRequest: () => {
				status = null;
				chunkBegan = performance.now();
			},
			onProgress: (sent) => onprogress(sent),
			onChunkComplete: (bytes) => {
				this.#adapt(bytes, performance.now() - chunkBegan);
				upload.options.chunkSize = this.#chunk;
			},
			onSuccess: () => resolve(),
			onError: (error) => reject(error)
		});
		const onabort = () => {
			void upload.abort();
			reject(signal.reason);
		};
		signal.addEventListener('abort', onabort, { once: true });
		try {
			upload.start();
			await promise;
		} catch (error) {
			if (signal.aborted) throw error;
			// A chunk that did not get through was perhaps too large for this link.
			if (status === null) this.#chunk = Math.max(MIN_CHUNK, this.#chunk / 2);
			throw new SendError((await isUnchanged(file)) ? problemOf(status) : 'changed_on_disk', {
				retryAfterMs,
				cause: error
			});
		} finally {
			signal.removeEventListener('abort', onabort);
		}
	}

	async discard({ url, token }: Pick<Parcel, 'url' | 'token'>): Promise<void> {
		try {
			await this.#fetch(new URL(url, this.#base), {
				method: 'DELETE',
				headers: { Authorization: `Bearer ${token}`, 'Tus-Resumable': '1.0.0' },
				credentials: 'omit'
			});
		} catch {
			// The server forgets by itself what nobody continues.
		}
	}

	#adapt(bytes: number, ms: number) {
		if (bytes < MIN_CHUNK) return; // the end of a file says little about the link
		const ideal = (bytes * CHUNK_MS) / Math.max(ms, 1);
		const next = Math.min(ideal, this.#chunk * 2);
		this.#chunk = Math.round(Math.min(MAX_CHUNK, Math.max(MIN_CHUNK, next)));
	}
}

/** A file is a view on the disk here as in a browser: never read whole, never copied. */
const blobReader: FileReader = {
	async openFile(input: Blob) {
		return {
			size: input.size,
			slice: async (start, end) => ({ value: input.slice(start, end), done: end >= input.size }),
			close: () => {}
		};
	}
};

function problemOf(status: number | null): SendProblem {
	switch (status) {
		case null:
			return 'network';
		case 401:
			return 'unauthorized';
		case 403:
			return 'forbidden';
		case 404:
		case 410:
			return 'gone';
		case 507:
			return 'disk_full';
		case 423:
		case 429:
		case 502:
		case 503:
		case 504:
			return 'away';
		default:
			// 409, 460 and what else there is: ask for the offset again, later.
			return 'server';
	}
}

function retryAfter(headers: Headers): number | null {
	const seconds = Number(headers.get('Retry-After') ?? NaN);
	return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}

/** A file that was changed or removed looks like a broken network to fetch: one byte tells. */
async function isUnchanged(file: File): Promise<boolean> {
	try {
		await file.slice(0, 1).arrayBuffer();
		return true;
	} catch {
		return false;
	}
}
