import { expect, test } from 'vitest';
import { barsOf, waveformPath } from './waveform.ts';

test('a bar is as high as the loudest of its part, and no peak is lost', () => {
	const peaks = Array.from({ length: 400 }, (_, n) => (n === 399 ? 255 : n % 7));
	const bars = barsOf(peaks, 90);
	expect(bars).toHaveLength(90);
	expect(bars.at(-1)).toBe(255);
	expect(Math.max(...bars.slice(0, -1))).toBe(6);
});

test('a moment of sound has fewer peaks than there are bars, and fills them all', () => {
	expect(barsOf([10, 20], 4)).toEqual([10, 10, 20, 20]);
	expect(barsOf([], 4)).toEqual([]);
});

test('silence is a line, and the loudest bar fills the picture', () => {
	expect(waveformPath([0, 0])).toBe('M0 49h3v2h-3zM4 49h3v2h-3z');
	expect(waveformPath([128, 64])).toBe('M0 0h3v100h-3zM4 25h3v50h-3z');
});
