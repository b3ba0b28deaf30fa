import { expect, test } from 'vitest';
import { backoff } from './backoff.ts';

test('it waits longer each time, up to a bound', () => {
	expect([0, 1, 2, 5, 6, 50].map((attempt) => backoff(attempt, () => 1))).toEqual([
		500, 1000, 2000, 16_000, 20_000, 20_000
	]);
});

test('the spread only shortens', () => {
	expect(backoff(1, () => 0)).toBe(750);
});
