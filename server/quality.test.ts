import { expect, test } from 'vitest';
import { isBetter, type Quality } from './quality.ts';

const lossless = (hertz: number, depth: number): Quality => ({
	...{ isLossless: true, bitsPerSecond: 900_000, hertz, depth, format: 'FLAC' }
});
const lossy = (format: string, bitsPerSecond: number): Quality => ({
	...{ isLossless: false, bitsPerSecond, hertz: 44_100, depth: 0, format }
});

test.each([
	['lossless beats lossy', lossless(44_100, 16), lossy('MP3', 320_000)],
	['more bits a sample are better', lossless(44_100, 24), lossless(44_100, 16)],
	['more samples are better', lossless(96_000, 24), lossless(48_000, 24)],
	['more bits a second are better', lossy('MP3', 320_000), lossy('MP3', 128_000)],
	['a newer format needs fewer', lossy('Opus', 128_000), lossy('MP3', 160_000)]
])('%s', (_, better, worse) => {
	expect(isBetter(better, worse)).toBe(true);
	expect(isBetter(worse, better)).toBe(false);
});

test('the same in another lossless format is neither better nor worse', () => {
	const wav = { ...lossless(44_100, 16), format: 'WAV', bitsPerSecond: 1_411_200 };

	expect(isBetter(wav, lossless(44_100, 16))).toBe(false);
	expect(isBetter(lossless(44_100, 16), wav)).toBe(false);
});

test('of what nobody knows nothing is better', () => {
	const unknown = { ...lossless(44_100, 16), isLossless: null };

	expect(isBetter(lossless(192_000, 24), unknown)).toBe(false);
	expect(isBetter(unknown, lossy('MP3', 64_000))).toBe(false);
});
