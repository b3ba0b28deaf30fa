import type { FileReader } from 'tus-js-client';
import { FetchStack, type Road } from './http-stack.ts';
import { Pace, type PaceFigures, type PaceOptions, type Wanted } from './pace.ts';

/** What went wrong with one file's sending, in the queue's terms. */
export type SendProblem =
	| 'network'
	/** Away, restarting or busy: nothing is wrong with the file. */
	| 'away'
	/** Somebody else is sending this very file, or was until a moment ago. */
	| 'locked'
	/** The server cannot read what it was asked: asked again it will not either. */
	| 'unreadable'
	| 'server'
	| 'unauthorized'
	| 'forbidden'
	| 'gone'
	| 'disk_full'
	/** The browser has no memory or no connection left to try with. */
	| 'exhausted'
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
	/** Follows the link, for all uploads together. */
	#ideal = FIRST_CHUNK;
	readonly #fetch: typeof globalThis.fetch;
	readonly #base: string;
	readonly #pace: Pace;
	readonly #road: Road = { credentials: 'omit' };
	readonly #canStream: boolean;

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
			response = await this.#fetch(new URL(url, this.#base), {
				method: 'DELETE',
				headers: { Authorization: `Bearer ${token}`, 'Tus-Resumable': '1.0.0' },
				credentials: 'omit'
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

/** What an answer that is no success means for the queue. */
export function problemOf(status: number): SendProblem {
	switch (status) {
		case 400:
		case 413:
		case 422:
			return 'unreadable';
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
			return 'locked';
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

/** `Retry-After` in milliseconds (RFC 9110, 10.2.3); null when it is missing or makes no sense. */
export function retryAfterMs(headers: Headers): number | null {
	const value = headers.get('Retry-After');
	if (value === null) return null;
	const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
	return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

function isOutOfMemory(error: unknown): boolean {
	for (let at = error; at instanceof Error; at = at.cause) {
		if (at instanceof RangeError) return true;
	}
	return false;
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
