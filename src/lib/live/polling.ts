import type { LiveMessage } from '#contracts/live';
import { problemCode } from '#contracts/problem';
import { later } from './later.ts';
import type { Continued } from './sequence.ts';

/** While things happen. */
const BUSY_MS = 2_000;
/** When nothing comes. */
const IDLE_MS = 10_000;
const GROWTH = 1.5;
/** However much of a hurry: never more than one request in this time. */
const LEAST_MS = 1_000;

export type Poll = (since: number | null, signal: AbortSignal) => Promise<LiveMessage>;

export interface PollingOptions {
	/** Throws the problem `unauthorized` when signed out. */
	poll: Poll;
	since: () => number | null;
	onanswer: (message: Continued) => void;
	onfailure: () => void;
}

/** Asks for news again and again: soon while there are some, later and later when there are none or no answer. */
export class Polling {
	readonly #options: PollingOptions;
	#asking: AbortController | null = null;
	#takeBack: (() => void) | null = null;
	#waitMs = BUSY_MS;
	#askedAt = -Infinity;

	constructor(options: PollingOptions) {
		this.#options = options;
	}

	/** Until it is stopped, or the answer is that nobody is signed in. */
	start() {
		if (this.#asking) return;
		this.#asking = new AbortController();
		this.#waitMs = BUSY_MS;
		this.#next(this.#asking.signal, 0);
	}

	stop() {
		this.#asking?.abort();
		this.#asking = null;
		this.#takeBack?.();
		this.#takeBack = null;
	}

	/** There is reason to believe that the next answer is another one. */
	hurry() {
		this.#waitMs = BUSY_MS;
		if (this.#asking && this.#takeBack) this.#next(this.#asking.signal, 0);
	}

	#next(signal: AbortSignal, wait: number) {
		this.#takeBack?.();
		this.#takeBack = null;
		const rest = Math.max(wait, this.#askedAt + LEAST_MS - Date.now());
		if (rest > 0) this.#takeBack = later(rest, () => void this.#ask(signal));
		else void this.#ask(signal);
	}

	async #ask(signal: AbortSignal) {
		const { poll, since, onanswer, onfailure } = this.#options;
		this.#takeBack = null;
		this.#askedAt = Date.now();
		const after = since();
		let message: LiveMessage | null = null;
		let isSignedOut = false;
		try {
			message = await poll(after, signal);
		} catch (error) {
			isSignedOut = problemCode(error) === 'unauthorized';
		}
		if (signal.aborted) return;
		this.#waitMs = message?.events.length ? BUSY_MS : Math.min(IDLE_MS, this.#waitMs * GROWTH);
		if (isSignedOut) this.stop();
		else this.#next(signal, this.#waitMs);
		if (message) onanswer({ after, ...message });
		else onfailure();
	}
}
