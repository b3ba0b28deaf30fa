import { Backoff } from './backoff.ts';

/** So many transport failures in a row, and it is the road that is broken, not a file. */
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 30_000;

/** What was tried: announcing files, or sending their bytes. One may work while the other does not. */
export type Attempt = 'register' | 'send';

/**
 * Decides how many may try. After a failure everybody waits a growing while; after several in a row a longer one, and
 * then one alone goes first. Its success lets the others follow.
 */
export class Breaker {
	readonly #failures = { register: 0, send: 0 };
	#isProbing = false;
	readonly #backoff: Backoff;

	constructor({ random = Math.random }: { random?: () => number } = {}) {
		this.#backoff = new Backoff({ random });
	}

	/** The road is taken for broken. */
	get isOpen() {
		return this.#failures.register + this.#failures.send >= FAILURES_TO_OPEN;
	}

	/** How many of `lanes` may be used now. */
	lanes(lanes: number): number {
		return this.#isProbing ? Math.min(1, lanes) : lanes;
	}

	/** @returns milliseconds for which nobody tries */
	failed(attempt: Attempt): number {
		this.#failures[attempt] += 1;
		this.#isProbing = this.isOpen;
		return this.isOpen ? OPEN_MS : this.#backoff.next();
	}

	/** Nothing can be tried for a while, whatever came before. @returns milliseconds for which nobody tries */
	trip(): number {
		this.#failures.send = Math.max(this.#failures.send, FAILURES_TO_OPEN);
		this.#isProbing = true;
		return OPEN_MS;
	}

	/** Sending shows that the road is whole; that files can be announced does not show that they can be sent. */
	succeeded(attempt: Attempt) {
		this.#failures.register = 0;
		if (attempt === 'send') this.#failures.send = 0;
		if (this.#failures.send > 0) return;
		this.#isProbing = false;
		this.#backoff.reset();
	}

	/** Something changed for the better (the network is back): one may try at once. */
	retryNow() {
		this.#isProbing = this.isOpen;
		this.#backoff.reset();
	}
}
