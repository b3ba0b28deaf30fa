import type { Wanted } from './pace.ts';
import { SendError, type SendProblem } from './send-error.ts';
import type { LinkFigures, Parcel, Transport } from './transport.ts';

/** What the page tells the thread that sends. The first word opens it. */
export type SendOrder =
	| { do: 'open'; requests: number; isHttp2: boolean }
	| { do: 'send'; id: number; parcel: Parcel }
	| { do: 'discard'; id: number; parcel: Pick<Parcel, 'url' | 'token'> }
	| { do: 'abort'; id: number }
	| { do: 'limit'; limit: number | null }
	| { do: 'requests'; requests: number }
	| { do: 'yield'; to: Wanted | null }
	| { do: 'forget' };

/** What the thread says: of one order, or of the link. */
export type SendNews =
	| { id: number; bytes: number }
	| { id: number; failure: SendFailure | null }
	| { isUsed: boolean }
	| { figures: LinkFigures };

export interface SendFailure {
	problem: SendProblem;
	retryAfterMs: number | null;
	message: string;
}

/** The part of a browser's Worker that is used here. */
export interface SendWorker {
	postMessage(order: SendOrder): void;
	terminate(): void;
	onmessage: ((event: { data: SendNews }) => void) | null;
	onerror: ((event: never) => void) | null;
}

interface ThreadOptions {
	open: () => SendWorker;
	/** Requests at the same time, of all files together. */
	requests: number;
	/** Then a body may be a stream: see pace.ts. */
	isHttp2: boolean;
	/** Something is to go or on its way, or nothing is any more. */
	onuse?: (isUsed: boolean) => void;
	/** There are new figures: on a slow link they come far more often than anything arrives. */
	onfigures?: () => void;
}

interface Waiting {
	onprogress: (bytes: number) => void;
	settle: (failure: SendFailure | null) => void;
}

const NO_FIGURES: LinkFigures = {
	...{ window: null, inFlight: 0, requests: 0, roundTripMs: null, baseMs: null },
	...{ rate: 0, bestRate: 0, isShared: false }
};

/**
 * The transport in a thread of its own. A page that is being drawn keeps its own thread busy for a tenth of a second:
 * what sends from there stops, and then catches up in a burst that the next page waits behind.
 */
export class ThreadTransport implements Transport {
	readonly isBundling = true;
	readonly #options: ThreadOptions;
	#worker: SendWorker | null = null;
	/** What a new thread has to be told again. */
	#limit: number | null = null;
	#requests: number;
	#wanted: Wanted | null = null;
	#figures = NO_FIGURES;
	#lastId = 0;
	readonly #waiting = new Map<number, Waiting>();
	#isClosed = false;

	constructor(options: ThreadOptions) {
		this.#options = options;
		this.#requests = options.requests;
	}

	/** What of the link is used now. */
	get figures(): LinkFigures {
		return this.#figures;
	}

	/** Bytes a second for all files together, or null for as fast as it goes. */
	limit(bytesPerSecond: number | null) {
		this.#limit = bytesPerSecond;
		this.#worker?.postMessage({ do: 'limit', limit: bytesPerSecond });
	}

	/** Requests at the same time from now on, for all files together. */
	set requests(requests: number) {
		this.#requests = requests;
		this.#worker?.postMessage({ do: 'requests', requests });
	}

	/** Somebody waits for a page or for sound, or nobody does. */
	yieldLink(wanted: Wanted | null) {
		this.#wanted = wanted;
		this.#worker?.postMessage({ do: 'yield', to: wanted });
	}

	/** Another network: what was learned of the one before does not hold. */
	forgetLink() {
		this.#worker?.postMessage({ do: 'forget' });
	}

	async send(
		parcel: Parcel,
		{ signal, onprogress }: { signal: AbortSignal; onprogress: (bytes: number) => void }
	): Promise<void> {
		signal.throwIfAborted();
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const id = this.#ask((id) => ({ do: 'send', id, parcel }), { onprogress, resolve, reject });
		const leave = () => {
			this.#waiting.delete(id);
			this.#worker?.postMessage({ do: 'abort', id });
			reject(signal.reason as Error);
		};
		signal.addEventListener('abort', leave, { once: true });
		try {
			await promise;
		} finally {
			signal.removeEventListener('abort', leave);
		}
	}

	async discard(parcel: Pick<Parcel, 'url' | 'token'>): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		this.#ask((id) => ({ do: 'discard', id, parcel }), { onprogress() {}, resolve, reject });
		await promise;
	}

	close() {
		this.#isClosed = true;
		this.#end('the transport was closed');
	}

	#ask(
		order: (id: number) => SendOrder,
		{
			onprogress,
			resolve,
			reject
		}: { onprogress: Waiting['onprogress']; resolve: () => void; reject: (error: Error) => void }
	): number {
		if (this.#isClosed) throw new SendError('away');
		const id = (this.#lastId += 1);
		this.#waiting.set(id, {
			onprogress,
			settle: (failure) => {
				if (!failure) return resolve();
				const { problem, retryAfterMs, message } = failure;
				reject(new SendError(problem, { retryAfterMs, cause: new Error(message) }));
			}
		});
		this.#worker ??= this.#start();
		this.#worker.postMessage(order(id));
		return id;
	}

	#start(): SendWorker {
		const worker = this.#options.open();
		worker.onmessage = ({ data }) => this.#hear(data);
		// Nothing is wrong with the files: the next try gets a new thread.
		worker.onerror = () => this.#end('the thread that sends failed');
		const { isHttp2 } = this.#options;
		worker.postMessage({ do: 'open', requests: this.#requests, isHttp2 });
		if (this.#limit !== null) worker.postMessage({ do: 'limit', limit: this.#limit });
		if (this.#wanted !== null) worker.postMessage({ do: 'yield', to: this.#wanted });
		return worker;
	}

	#hear(news: SendNews) {
		if ('figures' in news) {
			this.#figures = news.figures;
			this.#options.onfigures?.();
		} else if ('isUsed' in news) this.#options.onuse?.(news.isUsed);
		else if ('bytes' in news) this.#waiting.get(news.id)?.onprogress(news.bytes);
		else {
			const waiting = this.#waiting.get(news.id);
			this.#waiting.delete(news.id);
			waiting?.settle(news.failure);
		}
	}

	#end(message: string) {
		this.#worker?.terminate();
		this.#worker = null;
		this.#figures = NO_FIGURES;
		const waiting = [...this.#waiting.values()];
		this.#waiting.clear();
		for (const { settle } of waiting) settle({ problem: 'away', retryAfterMs: null, message });
	}
}
