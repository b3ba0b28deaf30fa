/** How often a moving cutoff is looked at, in samples. */
export const CONTROL_FRAMES = 32;

/** A state-variable filter of two poles (Zavalishin, The Art of VA Filter Design): stable while its cutoff moves. */
export class Filter {
	readonly #rate: number;
	#g = 0;
	#k = 1;
	#a1 = 1;
	#one = 0;
	#two = 0;

	constructor(rate: number) {
		this.#rate = rate;
	}

	/** @param resonance 0.5 has no peak, 4 whistles */
	tune(hertz: number, resonance = Math.SQRT1_2) {
		this.#g = Math.tan((Math.PI * Math.min(hertz, this.#rate * 0.45)) / this.#rate);
		this.#k = 1 / resonance;
		this.#a1 = 1 / (1 + this.#g * (this.#g + this.#k));
	}

	low(samples: Float32Array, from = 0, to = samples.length) {
		const [g, a1] = [this.#g, this.#a1];
		let [one, two] = [this.#one, this.#two];
		for (let at = from; at < to; at++) {
			const rest = (samples[at] ?? 0) - two;
			const band = a1 * one + g * a1 * rest;
			const low = two + g * band;
			one = 2 * band - one;
			two = 2 * low - two;
			samples[at] = low;
		}
		this.#one = settled(one);
		this.#two = settled(two);
	}

	high(samples: Float32Array, from = 0, to = samples.length) {
		const [g, a1, k] = [this.#g, this.#a1, this.#k];
		let [one, two] = [this.#one, this.#two];
		for (let at = from; at < to; at++) {
			const input = samples[at] ?? 0;
			const band = a1 * one + g * a1 * (input - two);
			const low = two + g * band;
			one = 2 * band - one;
			two = 2 * low - two;
			samples[at] = input - k * band - low;
		}
		this.#one = settled(one);
		this.#two = settled(two);
	}
}

/** Below this nothing is heard, and processors take many times as long over numbers next to nothing. */
const NOTHING = 1e-18;

function settled(state: number): number {
	return Math.abs(state) < NOTHING ? 0 : state;
}
