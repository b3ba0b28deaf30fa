import { expect, test } from 'vitest';
import { Breaker } from './breaker.ts';

const failing = (times: number) => {
	const breaker = new Breaker({ random: () => 1 });
	const waits = Array.from({ length: times }, () => breaker.failed('send'));
	return { breaker, waits };
};

test('the first failures wait a little longer each time, and all lanes try again', () => {
	const { breaker, waits } = failing(4);

	expect(waits).toEqual([1000, 2000, 4000, 8000]);
	expect(breaker.isOpen).toBe(false);
	expect(breaker.lanes(4)).toBe(4);
});

test('five in a row stop everything for half a minute, then one goes first', () => {
	const { breaker, waits } = failing(5);

	expect(waits[4]).toBe(30_000);
	expect(breaker.isOpen).toBe(true);
	expect(breaker.lanes(4)).toBe(1);
});

test('the one that gets through lets the others follow', () => {
	const { breaker } = failing(7);

	breaker.succeeded('send');

	expect(breaker.isOpen).toBe(false);
	expect(breaker.lanes(4)).toBe(4);
	expect(breaker.failed('send')).toBe(1000);
});

test('a success in between begins the count anew', () => {
	const { breaker } = failing(4);
	breaker.succeeded('send');

	breaker.failed('send');

	expect(breaker.isOpen).toBe(false);
});

test('a network that came back is tried by one lane at once', () => {
	const { breaker } = failing(5);

	breaker.retryNow();

	expect(breaker.lanes(4)).toBe(1);
});

test('files that can be announced do not show that they can be sent', () => {
	const { breaker } = failing(4);
	breaker.succeeded('register');

	breaker.failed('send');

	expect(breaker.isOpen).toBe(true);
});

test('one that was announced at last needs no probe', () => {
	const breaker = new Breaker({ random: () => 1 });
	for (let i = 0; i < 5; i++) breaker.failed('register');

	breaker.succeeded('register');

	expect(breaker.lanes(4)).toBe(4);
});
