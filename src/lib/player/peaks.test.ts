import { expect, test } from 'vitest';
import { barsOf, createPeaks, pathOf } from './peaks.ts';

test('a bar is the loudest of its part, and silence is a thin line', () => {
	expect(barsOf([0, 255, 51, 0, 0, 0], 3)).toEqual([1, 0.2, 0.04]);
});

test('there are no more bars than peaks', () => {
	expect(barsOf([255, 255], 100)).toHaveLength(2);
	expect(pathOf(barsOf([255], 100))).toBe('M0 0.000h0.62v2.000h-0.62z');
});

test('they are asked for once, and a portal that does not answer has none', async () => {
	let asked = 0;
	const read = createPeaks(() => {
		asked += 1;
		return Promise.resolve(Response.json({ peaks: [1, 2] }));
	});
	await read('/a');

	expect([await read('/a'), asked]).toEqual([[1, 2], 1]);
	expect(await createPeaks(() => Promise.reject(new TypeError('offline')))('/a')).toBe(null);
});
