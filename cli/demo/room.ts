import type { Sound } from './sound.ts';

/** Prime enough that their echoes do not meet. In milliseconds. */
const LINE_MS = [29.7, 37.1, 41.1, 43.7, 53.3, 59.9, 67.7, 73.1];
const LINES = LINE_MS.length;
/** Part of each turn that is smoothed away: walls swallow what is high. */
const DULLNESS = 0.32;
const BEFORE_MS = 18;

/** Frames that each line has room for: a power of two, so that its end is found without a question. */
const LINE_FRAMES = 2 ** 14;

/** Adds what a room makes of a sound: eight delay lines that feed each other (Jot's network). */
export function addRoom(
	to: Sound,
	{ dry, rate, seconds }: { dry: Float32Array; rate: number; seconds: number }
) {
	const lines = new Float32Array(LINES * LINE_FRAMES);
	const lengths = Int32Array.from(LINE_MS, (ms) => Math.round((ms / 1000) * rate));
	const gains = Float64Array.from(lengths, (length) => 10 ** ((-3 * length) / (seconds * rate)));
	const outs = new Float64Array(LINES);
	const before = Math.round((BEFORE_MS / 1000) * rate);
	const last = LINE_FRAMES - 1;
	for (let at = 0; at < dry.length; at++) {
		const input = at < before ? 0 : 0.35 * (dry[at - before] ?? 0);
		let sum = 0;
		let [left, right] = [0, 0];
		for (let line = 0; line < LINES; line++) {
			const echo = lines[line * LINE_FRAMES + ((at - (lengths[line] ?? 0)) & last)] ?? 0;
			const out = (outs[line] ?? 0) * DULLNESS + echo * (1 - DULLNESS);
			outs[line] = out;
			sum += out;
			const sign = (line & 2) === 0 ? 0.5 : -0.5;
			if ((line & 1) === 0) left += sign * out;
			else right += sign * out;
		}
		// A Householder reflection: every line hears every other, and no energy is made.
		const shared = (2 / LINES) * sum;
		for (let line = 0; line < LINES; line++) {
			lines[line * LINE_FRAMES + (at & last)] =
				input + ((outs[line] ?? 0) - shared) * (gains[line] ?? 0);
		}
		to.left[at] = (to.left[at] ?? 0) + left;
		to.right[at] = (to.right[at] ?? 0) + right;
	}
}

/** Adds an echo that goes from side to side and grows darker. @param seconds between one side and the other */
export function addEcho(
	to: Sound,
	{ dry, rate, seconds }: { dry: Float32Array; rate: number; seconds: number }
) {
	const length = Math.max(1, Math.round(seconds * rate));
	const left = new Float32Array(length);
	const right = new Float32Array(length);
	const feedback = 0.42;
	let [darkLeft, darkRight, place] = [0, 0, 0];
	for (let at = 0; at < dry.length; at++) {
		const fromLeft = left[place] ?? 0;
		const fromRight = right[place] ?? 0;
		darkLeft += 0.35 * (fromLeft - darkLeft);
		darkRight += 0.35 * (fromRight - darkRight);
		left[place] = (dry[at] ?? 0) + feedback * darkRight;
		right[place] = darkLeft;
		place = place + 1 === length ? 0 : place + 1;
		to.left[at] = (to.left[at] ?? 0) + 0.75 * fromLeft;
		to.right[at] = (to.right[at] ?? 0) + 0.75 * fromRight;
	}
}
