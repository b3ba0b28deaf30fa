import type { FileReader } from 'tus-js-client';
import { Bundler } from './bundler.ts';
import { FetchStack } from './http-stack.ts';
import { Pace, type PaceFigures, type PaceOptions, type Wanted } from './pace.ts';
import { fetchOn, type Road } from './road.ts';
import {
	isOutOfMemory,
	isUnchanged,
	problemOf,
	retryAfterMs,
	SendError,
	type SendProblem
} from './send-error.ts';

export interface Parcel {
	file: File;
	url: string;
	token: string;
	/** Never tried before: nothing of it is on the server. */
	isFresh: boolean;
}

/** Carries one file to the server, from wherever the last try ended. */
export interface Transport {
	/** Small files that are handed over in the same moment share a request. */
	readonly isBundling?: boolean;
	/** @throws SendError; the signal's reason when it was aborted */
	send(
		parcel: Parcel,
		options: { signal: AbortSignal; onprogress: (bytes: number) => void }
	): Promise<void>;
	/** Asks the server to forget an upload; whether it is still there does not matter. @throws SendError */
	discard(parcel: Pick<Parcel, 'url' | 'token'>): Promise<void>;
}

const KIB = 1024;
/** Where the link is not measured: small, so that a slow one shows something soon; doubled by each quick chunk. */
const FIRST_CHUNK = 256 * KIB;
const MIN_CHUNK = 64 * KIB;
const MAX_CHUNK = 4 * 1024 * KIB;
/** A chunk is what is lost at most, and how often the bar moves. */
const CHUNK_MS = 1_000;

export interface LinkFigures extends PaceFigures {
	/** Uploads ride on the pages' connection, because something on the way wants its cookie. */
	isShared: boolean;
}

/** tus 1.0.0 by tus-js-client; it resumes by asking the server how much is there. */
export class TusTransport implements Transport {
	readonly isBundling = true;
	/** Follows the link, for all uploads together. */
	#ideal = FIRST_CHUNK;
	readonly #fetch: typeof globalThis.fetch;
	readonly #base: string;
	readonly #pace: Pace;
	readonly #road: Road = { credentials: 'omit' };
	readonly #canStream: boolean;
	readonly #bundler: Bundler;

	/**
	 * @param options.base where upload URLs are relative to
	 * @param options.canStream whether `fetch` takes a stream for a body here
	 */
	constructor({
		fetch = (...request) => globalThis.fetch(...request),
		base,
		canStream = false,
		...pace
	}: PaceOptions & {
		fetch?: typeof globalThis.fetch;
		base: string;
		canStream?: boolean;
	}) {
		this.#canStream = canStream;
		this.#fetch = fetch;
		this.#base = base;
		this.#pace = new Pace(pace);
		this.#bundler = new Bundler({
			...{ base, fetch, pace: this.#pace, road: this.#road },
			mostBytes: () => this.#chunk,
			onsent: (bytes, ms) => this.#adapt(bytes, ms)
		});
	}

	/** What of the link is used now. */
	get figures(): LinkFigures {
		return { ...this.#pace.figures, isShared: this.#road.credentials !== 'omit' };
	}

	/** Bytes a second for all files together, or null for as fast as it goes. */
	limit(bytesPerSecond: number | null) {
		this.#pace.limit = bytesPerSecond;
	}

	/** Requests at the same time from now on, for all files together. */
	set requests(requests: number) {
		this.#pace.requests = requests;
	}

	/** Somebody waits for a page or for sound, or nobody does. */
	yieldLink(wanted: Wanted | null) {
		this.#pace.yieldLink(wanted);
	}

	/** Another network: what was learned of the one before does not hold. */
	forgetLink() {
		this.#pace.forget();
		this.#ideal = FIRST_CHUNK;
	}

	get #chunk(): number {
		const { limit, chunk, canStream, streamChunk } = this.#pace;
		const ideal = this.#canStream && canStream ? streamChunk : (chunk ?? this.#ideal);
		// A chunk goes out as fast as the link is: only small ones make a slow stream of it.
		return limit === null ? ideal : Math.min(ideal, Math.max(MIN_CHUNK, limit / 2));
	}

	async send(
		parcel: Parcel,
		options: { signal: AbortSignal; onprogress: (bytes: number) => void }
	): Promise<void> {
		const { isFresh } = parcel;
		const { size } = parcel.file;
		const isBundled = isFresh && this.#bundler.takes(size);
		if (!isBundled) return this.#sendAlone(parcel, options);
		if (await this.#bundler.send({ ...parcel, size }, options.signal)) options.onprogress(size);
		else await this.#sendAlone({ ...parcel, isFresh: false }, options);
	}

	async #sendAlone(
		{ file, url, token, isFresh }: Parcel,
		{ signal, onprogress }: { signal: AbortSignal; onprogress: (bytes: number) => void }
	): Promise<void> {
		// Only who uploads pays for it, and only then.
		const { Upload } = await import('tus-js-client');
		signal.throwIfAborted();
		let refused: { status: number; headers: Headers } | null = null;
		let isLost = false;
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const stack = new FetchStack({
			...{ signal, isFresh, fetch: this.#fetch, pace: this.#pace, road: this.#road },
			...{ canStream: this.#canStream },
			size: file.size,
			onarrived: ({ offset, bytes, ms }) => {
				this.#adapt(bytes, ms);
				onprogress(offset);
			},
			onlost: () => (isLost = true),
			onrefused: (status, headers) => (refused = { status, headers })
		});
		const upload = new Upload(file, {
			// Without an endpoint the library can only resume: making an upload anew is our decision.
			endpoint: null,
			uploadUrl: new URL(url, this.#base).href,
			headers: { Authorization: `Bearer ${token}` },
			chunkSize: this.#chunk,
			retryDelays: null,
			storeFingerprintForResuming: false,
			fileReader: blobReader,
			httpStack: stack,
			onChunkComplete: () => {
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
			const { status, headers } = refused ?? { status: null, headers: null };
			// A chunk that did not get through was perhaps too large for this link.
			if (status === null) this.#ideal = Math.max(MIN_CHUNK, this.#ideal / 2);
			throw new SendError(isLost ? 'server' : await this.#why(error, status, file), {
				retryAfterMs: headers && retryAfterMs(headers),
				cause: error
			});
		} finally {
			signal.removeEventListener('abort', onabort);
			stack.end();
		}
	}

	async discard({ url, token }: Pick<Parcel, 'url' | 'token'>): Promise<void> {
		let response: Response;
		try {
			response = await fetchOn(this.#road, this.#fetch, new URL(url, this.#base), {
				method: 'DELETE',
				headers: { Authorization: `Bearer ${token}`, 'Tus-Resumable': '1.0.0' }
			});
		} catch (cause) {
			throw new SendError('network', { cause });
		}
		// 409: all of it arrived meanwhile, and is beyond cancelling.
		if (response.ok || [404, 409, 410].includes(response.status)) return;
		throw new SendError(problemOf(response.status));
	}

	async #why(error: unknown, status: number | null, file: File): Promise<SendProblem> {
		if (isOutOfMemory(error)) return 'exhausted';
		if (!(await isUnchanged(file))) return 'changed_on_disk';
		return status === null ? 'network' : problemOf(status);
	}

	#adapt(bytes: number, ms: number) {
		if (bytes < MIN_CHUNK) return; // the end of a file says little about the link
		const ideal = (bytes * CHUNK_MS) / Math.max(ms, 1);
		const next = Math.min(ideal, this.#ideal * 2);
		this.#ideal = Math.round(Math.min(MAX_CHUNK, Math.max(MIN_CHUNK, next)));
	}
}

/** A file is a view on the disk here as in a browser: never read whole, never copied. */
const blobReader: FileReader = {
	async openFile(input: Blob) {
		return {
			size: input.size,
			slice: async (start, end) => ({
				// A view costs a question to another process.
				value: start === 0 && end >= input.size ? input : input.slice(start, end),
				done: end >= input.size
			}),
			close: () => {}
		};
	}
};
