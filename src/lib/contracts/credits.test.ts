import { expect, test } from 'vitest';
import { creditsIn } from './credits.ts';

test('each role is there once, with everybody who is named for it', () => {
	expect(creditsIn(['Writer: Ada\nProducer: Bea', 'producer: Cy, Bea\nWriter: Ada'])).toEqual([
		{ role: 'Writer', names: 'Ada' },
		{ role: 'Producer', names: 'Bea, Cy' }
	]);
});

test('a line that names no role stays a sentence', () => {
	expect(creditsIn(['Recorded at 12:30, in the rain\n\nThanks to all'])).toEqual([
		{ role: null, names: 'Recorded at 12:30, in the rain' },
		{ role: null, names: 'Thanks to all' }
	]);
});
