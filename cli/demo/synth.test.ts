import { describe, expect, test } from 'vitest';
import { compose } from './composer.ts';
import { CEILING_DECIBELS, integratedLoudness, TARGET_LUFS } from './mastering.ts';
import { fromDecibels, type Sound } from './sound.ts';
import { STYLES, type StyleName } from './style.ts';
import { perform } from './synth.ts';

/** Low, so that twelve pieces are played quickly. */
const RATE = 16_000;
const STYLE_NAMES = Object.keys(STYLES) as StyleName[];

const piece = (style: StyleName, seed = 'a') =>
	perform(compose({ style, seed, seconds: 20 }), RATE);

const level = (samples: Float32Array) =>
	Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);

/** 1 is mono, 0 has nothing in common. */
function likeness(a: Float32Array, b: Float32Array): number {
	let product = 0;
	const frames = Math.min(a.length, b.length);
	for (let at = 0; at < frames; at++) product += (a[at] ?? 0) * (b[at] ?? 0);
	return product / frames / (level(a) * level(b));
}

describe.each(STYLE_NAMES)('%s', (style) => {
	const sound = piece(style);

	test('never goes over the ceiling, and has no sample that is no number', () => {
		const loudest = (samples: Float32Array) =>
			samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

		expect(loudest(sound.left)).toBeLessThanOrEqual(fromDecibels(CEILING_DECIBELS) + 1e-6);
		expect(loudest(sound.right)).toBeLessThanOrEqual(fromDecibels(CEILING_DECIBELS) + 1e-6);
		expect(sound.left.every(Number.isFinite)).toBe(true);
		expect(sound.right.every(Number.isFinite)).toBe(true);
	});

	test('is as loud as the others', () => {
		expect(Math.abs(integratedLoudness(sound, RATE) - TARGET_LUFS)).toBeLessThan(1);
	});

	test('is heard all the way, and is silent at its end', () => {
		const second = (at: number) => level(sound.left.subarray(at * RATE, (at + 1) * RATE));
		const seconds = Math.floor(sound.left.length / RATE);

		for (let at = 1; at < seconds - 5; at++) expect(second(at)).toBeGreaterThan(0.002);
		expect(Math.abs(sound.left.at(-1) ?? 1)).toBeLessThan(1e-3);
	});

	test('is stereo, and does not vanish in mono', () => {
		const alike = likeness(sound.left, sound.right);

		expect(alike).toBeLessThan(0.99);
		expect(alike).toBeGreaterThan(0.2);
	});
});

test('the same seed gives the same samples, another one other music', () => {
	const [first, again, other] = [piece('house'), piece('house'), piece('house', 'b')];

	expect(Buffer.from(first.left.buffer).equals(Buffer.from(again.left.buffer))).toBe(true);
	expect(Math.abs(likeness(first.left, other.left))).toBeLessThan(0.5);
});

test('a piece is about as long as was asked', () => {
	for (const style of STYLE_NAMES) {
		const { seconds } = compose({ style, seed: 'long', seconds: 70 });

		expect(Math.abs(seconds - 70)).toBeLessThan(14);
	}
});

test('loudness is what the standard says of its reference tone', () => {
	// BS.1770: 997 Hz at full scale on one side is −3.01 LUFS.
	const rate = 48_000;
	const left = Float32Array.from({ length: 5 * rate }, (_, at) =>
		Math.sin((2 * Math.PI * 997 * at) / rate)
	);
	const tone: Sound = { left, right: new Float32Array(left.length) };

	expect(integratedLoudness(tone, rate)).toBeCloseTo(-3.01, 1);
	expect(integratedLoudness({ left: tone.right, right: tone.right }, rate)).toBe(-Infinity);
});
