const FIRST_MS = 1_000;
const MAX_MS = 30_000;

/** Waits that double, up to a limit, and are scattered so that a thousand browsers do not come back at once. */
export class Backoff {
	#failures: number;
	readonly #random: () => number;

	/** @param options.failures how many there were before */
	constructor({ random = Math.random, failures = 0 } = {}) {
		this.#random = random;
		this.#failures = failures;
	}

	/** Milliseconds to wait after one more failure. */
	next(): number {
		const full = Math.min(MAX_MS, FIRST_MS * 2 ** this.#failures);
		this.#failures += 1;
		return full / 2 + (full / 2) * this.#random();
	}

	reset() {
		this.#failures = 0;
	}
}
