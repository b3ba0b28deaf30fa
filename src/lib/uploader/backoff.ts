const FIRST_MS = 1_000;
const MAX_MS = 30_000;

/** Waits that double, up to a limit, and are scattered so that a thousand browsers do not come back at once. */
export class Backoff {
	#failures = 0;
	readonly #random: () => number;

	constructor({ random = Math.random }: { random?: () => number } = {}) {
		this.#random = random;
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
