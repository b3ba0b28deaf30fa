import { expect, test } from 'vitest';
import { waitAfter } from './server.js';

test('each quick death doubles the wait, and the fifth in a row is the last', () => {
	expect([0, 1, 2, 3, 4, 5].map(waitAfter)).toEqual([200, 200, 400, 800, 1600, null]);
});
