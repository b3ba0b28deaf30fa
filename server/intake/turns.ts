import { Problem } from '#contracts/problem';

/** One thing at a time for each name, first come first served; names do not wait for each other. */
export class Turns {
	readonly #most: number;
	readonly #lines = new Map<string, { length: number; last: Promise<unknown> }>();

	/** @param most how many may be under way and waiting for one name */
	constructor(most: number) {
		this.#most = most;
	}

	/** @throws Problem too_many_requests when the line is full */
	async take<T>(name: string, work: () => Promise<T>): Promise<T> {
		const line = this.#lines.get(name) ?? { length: 0, last: Promise.resolve() };
		if (line.length >= this.#most) throw new Problem('too_many_requests');
		const turn = line.last.then(work);
		line.length += 1;
		line.last = turn.catch(() => {}); // whoever asked hears of it
		this.#lines.set(name, line);
		try {
			return await turn;
		} finally {
			line.length -= 1;
			if (line.length === 0) this.#lines.delete(name);
		}
	}
}
