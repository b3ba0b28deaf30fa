import { expect, test } from 'vitest';
import { Backoff } from './backoff.ts';
import { Rate } from './rate.ts';

/** After a minute at 500,000 bytes a second. */
function steady() {
	let now = 0;
	const rate = new Rate({ now: () => now });
	rate.add(0);
	for (let second = 0; second < 60; second++) {
		now += 1000;
		rate.add(500_000);
	}
	return { rate, wait: (ms: number) => (now += ms) };
}

test('a steady link is measured as what it is', () => {
	const { rate } = steady();

	expect(rate.bytesPerSecond).toBeCloseTo(500_000, -3);
});

test('one slow second does not turn the estimate upside down', () => {
	const { rate, wait } = steady();

	wait(1000);
	rate.add(0);

	expect(rate.bytesPerSecond).toBeGreaterThan(350_000);
});

test('a pause is not a slow link', () => {
	const { rate, wait } = steady();

	rate.rest();
	wait(20_000);
	rate.add(0);
	wait(1000);
	rate.add(500_000);

	expect(rate.bytesPerSecond).toBeCloseTo(500_000, -3);
});

test('nothing is claimed before anything was seen', () => {
	expect(new Rate({ now: () => 0 }).bytesPerSecond).toBeNull();
});

test('waits double up to half a minute, are scattered, and begin small again', () => {
	const longest = new Backoff({ random: () => 1 });
	const shortest = new Backoff({ random: () => 0 });

	expect([1, 2, 3, 4, 5, 6, 7].map(() => longest.next())).toEqual([
		1000, 2000, 4000, 8000, 16000, 30000, 30000
	]);
	expect(shortest.next()).toBe(500);

	longest.reset();
	expect(longest.next()).toBe(1000);
});
