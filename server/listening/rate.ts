/** Names that are remembered at once; the oldest of more are forgotten, and begin anew. */
const MOST_NAMES = 20_000;

/** How often something may happen under a name within a window of time. In memory: a restart forgives. */
export class Rate {
	readonly #limit: number;
	readonly #windowMs: number;
	readonly #now: () => number;
	readonly #seen = new Map<string, { count: number; until: number }>();

	constructor({ limit, windowMs, now }: { limit: number; windowMs: number; now: () => number }) {
		this.#limit = limit;
		this.#windowMs = windowMs;
		this.#now = now;
	}

	/** Counts one; false when it is too many. */
	take(name: string): boolean {
		const now = this.#now();
		const seen = this.#seen.get(name);
		if (seen && seen.until > now) {
			seen.count += 1;
			return seen.count <= this.#limit;
		}
		this.#seen.delete(name);
		this.#seen.set(name, { count: 1, until: now + this.#windowMs });
		for (const oldest of this.#seen.keys()) {
			if (this.#seen.size <= MOST_NAMES) break;
			this.#seen.delete(oldest);
		}
		return true;
	}
}
