import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLateness } from './lateness.ts';

let now = 0;
beforeEach(() => {
	now = 0;
	vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

/** So much time in which timers fire on time. */
function pass(ms: number) {
	for (let left = ms; left > 0; left -= 1) {
		now += 1;
		vi.advanceTimersByTime(1);
	}
}

test('a process that had time for everybody is not late', () => {
	const lateness = createLateness({ now: () => now });
	lateness.read();
	pass(200);

	expect(lateness.read()).toBeLessThanOrEqual(1);
});

test('what kept it busy is what it is late by', () => {
	const lateness = createLateness({ now: () => now });
	lateness.read();
	pass(20);

	now += 150; // and no timer had its turn
	expect(lateness.read()).toBeGreaterThan(120);
	vi.advanceTimersByTime(20);
	expect(lateness.read()).toBeGreaterThan(120);

	pass(40);
	expect(lateness.read()).toBeLessThanOrEqual(1);
});

test('nothing is measured when nobody has asked for a while', () => {
	const lateness = createLateness({ now: () => now });
	lateness.read();

	pass(10_000);

	expect(vi.getTimerCount()).toBe(0);
});
