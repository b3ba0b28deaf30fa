import { expect, test } from 'vitest';
import { createPeaks } from './peaks.ts';

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
