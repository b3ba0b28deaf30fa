/** Steps of a Weyl sequence: odd, and close to 2^32 divided by the golden ratio. */
const STRIDE = 0x9e3779b9;
const RANGE = 2 ** 32;

/** Numbers that look random and are the same for the same words, on every machine. */
export class Random {
	#state = 0;

	constructor(...words: readonly (string | number)[]) {
		for (const letter of words.join('\n')) {
			this.#state = mixed(this.#state ^ (letter.codePointAt(0) ?? 0));
		}
	}

	/** From 0 to below 1. */
	next(): number {
		this.#state = (this.#state + STRIDE) >>> 0;
		return mixed(this.#state) / RANGE;
	}

	between(low: number, high: number): number {
		return low + this.next() * (high - low);
	}

	/** Both ends are possible. */
	whole(low: number, high: number): number {
		return low + Math.floor(this.next() * (high - low + 1));
	}

	chance(probability: number): boolean {
		return this.next() < probability;
	}

	pick<T>(list: readonly T[]): T {
		const picked = list[Math.floor(this.next() * list.length)];
		if (picked === undefined) throw new Error('nothing to pick from');
		return picked;
	}

	shuffled<T>(list: readonly T[]): T[] {
		return list
			.map((item) => ({ item, place: this.next() }))
			.sort((a, b) => a.place - b.place)
			.map(({ item }) => item);
	}
}

/** Each bit of what goes in turns about half of those that come out. */
function mixed(value: number): number {
	let bits = value + STRIDE;
	bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
	bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
	return (bits ^ (bits >>> 16)) >>> 0;
}
