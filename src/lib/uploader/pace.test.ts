import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pace } from './pace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const never = new AbortController().signal;
const open = () => new Pace({ now: () => Date.now() });

/** When each of the pieces went, in milliseconds from now. */
async function times(pace: Pace, pieces: readonly number[]): Promise<number[]> {
	const began = Date.now();
	const went: number[] = [];
	const all = pieces.map((bytes) =>
		pace.take(bytes, never).then(() => void went.push(Date.now() - began))
	);
	await vi.runAllTimersAsync();
	await Promise.all(all);
	return went;
}

test('without a limit nothing waits', async () => {
	expect(await times(open(), [1e6, 1e6, 1e6])).toEqual([0, 0, 0]);
});

test('pieces go out no faster than the limit, whoever they belong to', async () => {
	const pace = open();
	pace.limit = 1000;

	expect(await times(pace, [500, 500, 1000, 1])).toEqual([0, 500, 1000, 2000]);
});

test('time in which nothing was sent is not made up for', async () => {
	const pace = open();
	pace.limit = 1000;
	await times(pace, [1000]);
	await vi.advanceTimersByTimeAsync(60_000);

	expect(await times(pace, [1000, 1000])).toEqual([0, 1000]);
});

test('who gives up does not wait', async () => {
	const pace = open();
	pace.limit = 1;
	await pace.take(1000, never);
	const giving = new AbortController();
	const waiting = pace.take(1, giving.signal);

	giving.abort();

	await waiting;
});

test('while somebody waits for a page nothing new goes out', async () => {
	const pace = open();
	let hasGone = false;
	pace.yieldLink(true);
	const going = pace.take(1, never).then(() => (hasGone = true));
	await vi.advanceTimersByTimeAsync(3_000);
	expect(hasGone).toBe(false);

	pace.yieldLink(false);

	await going;
});

test('a page that never arrives does not stop an upload', async () => {
	const pace = open();
	pace.yieldLink(true);
	const going = pace.take(1, never);

	await vi.advanceTimersByTimeAsync(4_000);

	await going;
	await pace.take(1, never);
});

test('who gives up does not wait for the page either', async () => {
	const pace = open();
	pace.yieldLink(true);
	const giving = new AbortController();
	const waiting = pace.take(1, giving.signal);

	giving.abort();

	await waiting;
});
