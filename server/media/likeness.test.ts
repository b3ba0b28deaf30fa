import { expect, test } from 'vitest';
import { EXCERPT_HERTZ, likeness } from './likeness.ts';

const SECONDS = 3;
const drawn = (at: (seconds: number) => number) =>
	Int16Array.from({ length: SECONDS * EXCERPT_HERTZ }, (_, n) => 20_000 * at(n / EXCERPT_HERTZ));
/** Two tones that come and go. */
const song = (low: number, high: number) => (t: number) =>
	(Math.sin(2 * Math.PI * low * t) * Math.sin(3 * t) + Math.sin(2 * Math.PI * high * t)) / 2;

test('a song is like itself, quieter and a little later', () => {
	const later = (t: number) => 0.3 * song(220, 331)(t - 0.05);

	expect(likeness(drawn(song(220, 331)), drawn(later))).toBeGreaterThan(0.98);
});

test('another song is not, though it is nearly in tune', () => {
	expect(likeness(drawn(song(220, 331)), drawn(song(222, 335)))).toBeLessThan(0.5);
});

test('silence is like nothing, and a moment is too short to tell', () => {
	const silence = drawn(() => 0);

	expect(likeness(silence, silence)).toBe(0);
	expect(likeness(new Int16Array(100).fill(900), new Int16Array(100).fill(900))).toBe(0);
});
