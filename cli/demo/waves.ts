export const WAVES = ['sine', 'triangle', 'saw', 'square'] as const;
export type Wave = (typeof WAVES)[number];

export const TABLE_SIZE = 2048;
const OCTAVES = 10;
const LOWEST_HERTZ = 20;
/** Of the sampling rate: what lies above would fold back as a false tone. */
const HIGHEST_PARTIAL = 0.45;

/** Amplitude of the nth partial. */
const PARTIALS: Record<Wave, (n: number) => number> = {
	sine: (n) => (n === 1 ? 1 : 0),
	triangle: (n) => (n % 2 === 0 ? 0 : ((n % 4 === 1 ? 1 : -1) * 8) / (Math.PI * n) ** 2),
	saw: (n) => 2 / (Math.PI * n),
	square: (n) => (n % 2 === 0 ? 0 : 4 / (Math.PI * n))
};

/** One period of each wave for each octave, without partials above the band. Made when first asked for. */
export class WaveTables {
	readonly #rate: number;
	readonly #tables = new Map<string, Float32Array>();
	readonly #sine = Float64Array.from({ length: TABLE_SIZE }, (_, at) =>
		Math.sin((2 * Math.PI * at) / TABLE_SIZE)
	);

	/** @param rate of samples, in hertz */
	constructor(rate: number) {
		this.#rate = rate;
	}

	/** One sample more than TABLE_SIZE, so that whoever interpolates need not look around the corner. */
	of(wave: Wave, hertz: number): Float32Array {
		const octave = Math.min(
			OCTAVES,
			Math.max(0, Math.ceil(Math.log2(Math.max(hertz, LOWEST_HERTZ) / LOWEST_HERTZ)))
		);
		const key = `${wave} ${octave}`;
		const table = this.#tables.get(key) ?? this.#make(wave, LOWEST_HERTZ * 2 ** octave);
		this.#tables.set(key, table);
		return table;
	}

	#make(wave: Wave, hertz: number): Float32Array {
		const most = Math.max(1, Math.floor((this.#rate * HIGHEST_PARTIAL) / hertz));
		const table = new Float32Array(TABLE_SIZE + 1);
		for (let n = 1; n <= Math.min(most, TABLE_SIZE / 4); n++) {
			const amplitude = PARTIALS[wave](n);
			if (amplitude === 0) continue;
			for (let at = 0; at < TABLE_SIZE; at++) {
				const sine = this.#sine[(at * n) % TABLE_SIZE] ?? 0;
				table[at] = (table[at] ?? 0) + amplitude * sine;
			}
		}
		table[TABLE_SIZE] = table[0] ?? 0;
		return table;
	}
}
