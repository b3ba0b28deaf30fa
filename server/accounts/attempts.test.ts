import { expect, test } from 'vitest';
import { Attempts } from './attempts.ts';

test('too many attempts are refused until the window is over', () => {
	let now = 0;
	const attempts = new Attempts({ limit: 2, windowMs: 1000, now: () => now });

	expect([attempts.take('a'), attempts.take('a'), attempts.take('a')]).toEqual([true, true, false]);
	expect(attempts.take('b')).toBe(true);

	now = 1000;
	expect(attempts.take('a')).toBe(true);
});

test('a success forgives what came before it', () => {
	const attempts = new Attempts({ limit: 1, windowMs: 1000, now: () => 0 });
	attempts.take('a');

	attempts.clear('a');

	expect(attempts.take('a')).toBe(true);
});
