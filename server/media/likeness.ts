/** Of an excerpt: low enough that every encoder keeps it, high enough to tell two songs apart. */
export const EXCERPT_HERTZ = 4_000;
export const EXCERPT_SECONDS = 12;

/** Encoders begin a little earlier or later than each other. */
const MAX_LAG = 0.15 * EXCERPT_HERTZ;
/** What is quieter than this, of 32,768, is silence: it is like nothing. */
const SILENCE = 8;

/**
 * How much two recordings are the same sound, from 0 to 1, however loud each is: the best correlation over the few
 * moments by which they may be shifted.
 * @param a samples at `EXCERPT_HERTZ`, one channel
 */
export function likeness(a: Int16Array, b: Int16Array): number {
	const length = Math.min(a.length, b.length) - 2 * MAX_LAG;
	if (length < EXCERPT_HERTZ / 4) return 0;
	let best = 0;
	for (let lag = -MAX_LAG; lag <= MAX_LAG; lag++) {
		best = Math.max(best, correlation(a, b, { lag, length }));
	}
	return best;
}

function correlation(
	a: Int16Array,
	b: Int16Array,
	{ lag, length }: { lag: number; length: number }
): number {
	let [both, ofA, ofB] = [0, 0, 0];
	for (let at = 0; at < length; at++) {
		const x = a[MAX_LAG + at] ?? 0;
		const y = b[MAX_LAG + at + lag] ?? 0;
		both += x * y;
		ofA += x * x;
		ofB += y * y;
	}
	const floor = length * SILENCE ** 2;
	return ofA < floor || ofB < floor ? 0 : both / Math.sqrt(ofA * ofB);
}
