/** Long enough to even out songs of different size. */
const WINDOW_MS = 30_000;

/** How fast it goes, over the last half minute. */
export class Progress {
	readonly #now: () => number;
	/** Oldest first. */
	#samples: { at: number; bytes: number; items: number }[];
	#bytes = 0;
	#items = 0;

	constructor(now: () => number = Date.now) {
		this.#now = now;
		this.#samples = [{ at: now(), bytes: 0, items: 0 }];
	}

	bytesCame(bytes: number) {
		this.#bytes += bytes;
		this.#sample();
	}

	itemEnded() {
		this.#items += 1;
		this.#sample();
	}

	/** Ended since the start. */
	get items(): number {
		return this.#items;
	}

	get bytesPerSecond(): number {
		const { bytes, seconds } = this.#recent();
		return seconds > 0 ? Math.round(bytes / seconds) : 0;
	}

	/** How long `items` more may take; null until something is known. */
	secondsFor(items: number): number | null {
		if (items === 0) return 0;
		const recent = this.#recent();
		if (recent.items === 0 || recent.seconds === 0) return null;
		return Math.round((items * recent.seconds) / recent.items);
	}

	#sample() {
		const at = this.#now();
		const last = this.#samples.at(-1);
		if (last && at - last.at < 250) return;
		this.#samples.push({ at, bytes: this.#bytes, items: this.#items });
		while ((this.#samples[1]?.at ?? at) < at - WINDOW_MS) this.#samples.shift();
	}

	#recent() {
		const [first] = this.#samples;
		if (!first) return { bytes: 0, items: 0, seconds: 0 };
		return {
			bytes: this.#bytes - first.bytes,
			items: this.#items - first.items,
			seconds: (this.#now() - first.at) / 1_000
		};
	}
}
