/** How often a door may be tried in a while, by whom it is tried and for whom. Kept in memory: a restart forgives. */
export class Attempts {
	readonly #limit: number;
	readonly #windowMs: number;
	readonly #now: () => number;
	readonly #seen = new Map<string, { count: number; until: number }>();

	constructor({
		limit,
		windowMs,
		now = Date.now
	}: {
		limit: number;
		windowMs: number;
		now?: () => number;
	}) {
		this.#limit = limit;
		this.#windowMs = windowMs;
		this.#now = now;
	}

	/** Counts one attempt. False when there were too many. */
	take(key: string): boolean {
		const now = this.#now();
		if (this.#seen.size > 10_000) this.#forget(now);
		const entry = this.#seen.get(key);
		if (!entry || entry.until <= now) {
			this.#seen.set(key, { count: 1, until: now + this.#windowMs });
			return true;
		}
		entry.count += 1;
		return entry.count <= this.#limit;
	}

	/** A success wipes the slate. */
	clear(key: string) {
		this.#seen.delete(key);
	}

	#forget(now: number) {
		for (const [key, { until }] of this.#seen) if (until <= now) this.#seen.delete(key);
	}
}
