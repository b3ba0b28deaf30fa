/** Many may be inside together; whoever needs the place empty gets it only when nobody is, and then others wait. */
export class Gate {
	#inside = 0;
	#closed: Promise<unknown> | null = null;

	async enter<T>(work: () => Promise<T>): Promise<T> {
		while (this.#closed) await this.#closed;
		this.#inside += 1;
		try {
			return await work();
		} finally {
			this.#inside -= 1;
		}
	}

	/** False when somebody is inside: nothing was done. */
	async whileEmpty(work: () => Promise<void>): Promise<boolean> {
		if (this.#inside > 0 || this.#closed) return false;
		const done = work();
		this.#closed = done.catch(() => {}); // whoever asked hears of it
		try {
			await done;
		} finally {
			this.#closed = null;
		}
		return true;
	}
}
