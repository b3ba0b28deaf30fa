import { expect, test } from 'vitest';
import { telling } from './covers.ts';

const picture = (...areas: [count: number, r: number, g: number, b: number][]) =>
	Uint8Array.from(areas.flatMap(([count, ...rgb]) => Array(count).fill(rgb).flat() as number[]));

test('blue lines on white paper are remembered as blue', () => {
	expect(telling(picture([900, 250, 248, 240], [100, 20, 30, 120]))).toBe('#141e78');
});

test('a speck of red does not speak for a green field', () => {
	expect(telling(picture([995, 30, 120, 60], [5, 255, 0, 0]))).toBe('#1e783c');
});

test('a black and white cover stays grey', () => {
	expect(telling(picture([600, 10, 10, 10], [400, 240, 240, 240]))).toBe('#0a0a0a');
});

test('an empty picture has a colour all the same', () => {
	expect(telling(new Uint8Array())).toBe('#808080');
});
