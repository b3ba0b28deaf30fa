import { Filter } from './filter.ts';
import { fromDecibels, type Sound } from './sound.ts';

/** What streaming services agree on, more or less (AES TD1008). */
export const TARGET_LUFS = -16;
/** Encoders that lose something overshoot by about a decibel. */
export const CEILING_DECIBELS = -1.5;

const LOOKAHEAD_SECONDS = 0.004;
const RELEASE_SECONDS = 0.12;

/** Brings a mix to its loudness and below its ceiling, in place. */
export function master(sound: Sound, rate: number) {
	for (const side of [sound.left, sound.right]) {
		const rumble = new Filter(rate);
		rumble.tune(28);
		rumble.high(side);
	}
	const loudness = integratedLoudness(sound, rate);
	if (loudness > -Infinity) amplify(sound, fromDecibels(TARGET_LUFS - loudness));
	limit(sound, rate);
	fade(sound, rate);
}

function amplify({ left, right }: Sound, factor: number) {
	for (let at = 0; at < left.length; at++) {
		left[at] = (left[at] ?? 0) * factor;
		right[at] = (right[at] ?? 0) * factor;
	}
}

/** Turns down a moment before a peak comes, and slowly up again: both sides alike, so that nothing moves. */
function limit({ left, right }: Sound, rate: number) {
	const ceiling = fromDecibels(CEILING_DECIBELS);
	const ahead = Math.ceil(LOOKAHEAD_SECONDS * rate);
	const frames = left.length;
	const gains = new Float32Array(frames);
	// From the end, so that each peak casts its shadow before it.
	let needed = 1;
	for (let at = frames - 1; at >= 0; at--) {
		const peak = Math.max(Math.abs(left[at] ?? 0), Math.abs(right[at] ?? 0));
		const own = peak > ceiling ? ceiling / peak : 1;
		needed = Math.min(own, needed + (1 - needed) / ahead, 1);
		gains[at] = needed;
	}
	const release = 1 - Math.exp(-1 / (RELEASE_SECONDS * rate));
	let gain = 1;
	for (let at = 0; at < frames; at++) {
		const wanted = gains[at] ?? 1;
		gain = wanted < gain ? wanted : gain + (wanted - gain) * release;
		left[at] = (left[at] ?? 0) * gain;
		right[at] = (right[at] ?? 0) * gain;
	}
}

function fade({ left, right }: Sound, rate: number) {
	const frames = Math.min(left.length, Math.round(1.5 * rate));
	for (let at = 0; at < frames; at++) {
		const level = (at / frames) ** 2;
		const place = left.length - 1 - at;
		left[place] = (left[place] ?? 0) * level;
		right[place] = (right[place] ?? 0) * level;
	}
}

const BLOCK_SECONDS = 0.4;
const OVERLAP = 4;

/** Integrated loudness in LUFS (ITU-R BS.1770-4); −Infinity for silence. */
export function integratedLoudness({ left, right }: Sound, rate: number): number {
	const hop = Math.round((BLOCK_SECONDS / OVERLAP) * rate);
	const energies = [left, right]
		.map((side) => weightedEnergies(side, rate, hop))
		.reduce((a, b) => a.map((energy, at) => energy + (b[at] ?? 0)));
	const blocks: number[] = [];
	for (let at = 0; at + OVERLAP <= energies.length; at++) {
		let sum = 0;
		for (let part = 0; part < OVERLAP; part++) sum += energies[at + part] ?? 0;
		blocks.push(sum / OVERLAP);
	}
	const loud = blocks.filter((energy) => loudnessOf(energy) > -70);
	const gate = loudnessOf(mean(loud)) - 10;
	return loudnessOf(mean(loud.filter((energy) => loudnessOf(energy) > gate)));
}

const loudnessOf = (energy: number) => -0.691 + 10 * Math.log10(energy);

function mean(numbers: readonly number[]): number {
	return numbers.length === 0 ? 0 : numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}

/** Mean squares of hops, after the head's shelf and the low cut of BS.1770. */
function weightedEnergies(samples: Float32Array, rate: number, hop: number): number[] {
	const shelf = shelfAt(rate);
	const cut = cutAt(rate);
	const energies: number[] = [];
	let [s1, s2, c1, c2, sum] = [0, 0, 0, 0, 0];
	for (let at = 0; at < samples.length; at++) {
		const input = samples[at] ?? 0;
		const bright = shelf.b0 * input + s1;
		s1 = shelf.b1 * input - shelf.a1 * bright + s2;
		s2 = shelf.b2 * input - shelf.a2 * bright;
		const value = cut.b0 * bright + c1;
		c1 = cut.b1 * bright - cut.a1 * value + c2;
		c2 = cut.b2 * bright - cut.a2 * value;
		sum += value * value;
		if ((at + 1) % hop === 0) {
			energies.push(sum / hop);
			sum = 0;
		}
	}
	return energies;
}

/** The standard gives its filters for 48 kHz; these are the analogue ones behind them, for any rate. */
function shelfAt(rate: number) {
	const k = Math.tan((Math.PI * 1681.974450955533) / rate);
	const q = 0.7071752369554196;
	const high = 10 ** (3.999843853973347 / 20);
	const band = high ** 0.4996667741545416;
	const a0 = 1 + k / q + k * k;
	return {
		b0: (high + (band * k) / q + k * k) / a0,
		b1: (2 * (k * k - high)) / a0,
		b2: (high - (band * k) / q + k * k) / a0,
		a1: (2 * (k * k - 1)) / a0,
		a2: (1 - k / q + k * k) / a0
	};
}

function cutAt(rate: number) {
	const k = Math.tan((Math.PI * 38.13547087602444) / rate);
	const q = 0.5003270373238773;
	const a0 = 1 + k / q + k * k;
	return { b0: 1, b1: -2, b2: 1, a1: (2 * (k * k - 1)) / a0, a2: (1 - k / q + k * k) / a0 };
}
