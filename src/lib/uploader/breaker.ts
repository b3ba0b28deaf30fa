import { Backoff } from './backoff.ts';

/** So many transport failures in a row, and it is the road that is broken, not a file. */
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 30_000;

/**
 * Decides how many may try. After a failure everybody waits a growing while; after several in a row a longer one, and
 * then one alone goes first. Its success lets the others follow.
 */
export class Breaker {
	#failures = 0;
	#isProbing = false;
	readonly #backoff: Backoff;

	constructor({ random = Math.random }: { random?: () => number } = {}) {
		this.#backoff = new Backoff({ random });
	}

	/** The road is taken for broken. */
	get isOpen() {
		return this.#failures >= FAILURES_TO_OPEN;
	}

	/** How many of `lanes` may be used now. */
	lanes(lanes: number): number {
		return this.#isProbing ? Math.min(1, lanes) : lanes;
	}

	/** @returns milliseconds for which nobody tries */
	failed(): number {
		this.#failures += 1;
		this.#isProbing = this.isOpen;
		return this.isOpen ? OPEN_MS : this.#backoff.next();
	}

	/** Nothing can be tried for a while, whatever came before. @returns milliseconds for which nobody tries */
	trip(): number {
		this.#failures = Math.max(this.#failures, FAILURES_TO_OPEN);
		this.#isProbing = true;
		return OPEN_MS;
	}

	succeeded() {
		this.#failures = 0;
		this.#isProbing = false;
		this.#backoff.reset();
	}

	/** Something changed for the better (the network is back): one may try at once. */
	retryNow() {
		this.#isProbing = this.isOpen;
		this.#backoff.reset();
	}
}
