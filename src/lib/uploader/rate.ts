const HALF_LIFE_MS = 3_000;
/** Shorter than this, one chunk decides everything. */
const MIN_SPAN_MS = 500;

/** Bytes a second, smoothed so that the time left does not jump. */
export class Rate {
	readonly #now: () => number;
	#since: number | null = null;
	#bytes = 0;
	#smoothed: number | null = null;

	constructor({ now = () => performance.now() }: { now?: () => number } = {}) {
		this.#now = now;
	}

	/** Null until enough was seen. */
	get bytesPerSecond(): number | null {
		return this.#smoothed;
	}

	/** What comes until the next bytes is no time in which something was sent. */
	rest() {
		this.#since = null;
		this.#bytes = 0;
	}

	add(bytes: number) {
		const now = this.#now();
		this.#since ??= now;
		this.#bytes += bytes;
		const span = now - this.#since;
		if (span < MIN_SPAN_MS) return;
		const current = (this.#bytes * 1000) / span;
		const weight = 1 - 0.5 ** (span / HALF_LIFE_MS);
		this.#smoothed =
			this.#smoothed === null ? current : this.#smoothed + (current - this.#smoothed) * weight;
		this.#since = now;
		this.#bytes = 0;
	}
}
