import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pace, type RoundTrip } from './pace.ts';

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

	await expect(waiting).rejects.toThrow();
});

test('while somebody waits for a page nothing new goes out', async () => {
	const pace = open();
	let hasGone = false;
	pace.yieldLink('page');
	const going = pace.take(1, never).then(() => (hasGone = true));
	await vi.advanceTimersByTimeAsync(3_000);
	expect(hasGone).toBe(false);

	pace.yieldLink(null);

	await going;
});

test('a page that never arrives does not stop an upload', async () => {
	const pace = open();
	pace.yieldLink('page');
	const going = pace.take(1, never);

	await vi.advanceTimersByTimeAsync(4_000);

	await going;
	await pace.take(1, never);
});

test('who gives up does not wait for the page either', async () => {
	const pace = open();
	pace.yieldLink('page');
	const giving = new AbortController();
	const waiting = pace.take(1, giving.signal);

	giving.abort();

	await expect(waiting).rejects.toThrow();
});

test('no more requests at the same time than the connections that uploads may have', async () => {
	const pace = new Pace({ requests: 2, now: () => Date.now() });
	const went: number[] = [];
	const take = (name: number) => pace.take(1, never).then((ended) => (went.push(name), ended));
	const first = await take(1);
	await take(2);
	void take(3);
	await vi.advanceTimersByTimeAsync(0);
	expect(went).toEqual([1, 2]);

	first({ arrived: true });
	await vi.advanceTimersByTimeAsync(0);

	expect(went).toEqual([1, 2, 3]);
});

/** A link that answers after so long, and a little later while something of ours is on it. */
function measured({
	ms = 10,
	busyMs = 10,
	isDead = false
}: { ms?: number; busyMs?: number; isDead?: boolean } = {}) {
	const probe = () =>
		new Promise<RoundTrip | null>((resolve) => {
			const took: number = pace.figures.inFlight > 0 ? busyMs : ms;
			setTimeout(() => resolve(isDead ? null : { ms: took, serverMs: 0 }), took);
		});
	const pace: Pace = new Pace({ probe, now: () => Date.now() });
	return pace;
}

test('the link is measured before the first bytes, because later they are part of what is measured', async () => {
	const pace = measured({ ms: 100, busyMs: 500 });
	const going = pace.take(1_000, never);
	let hasGone = false;
	void going.then(() => (hasGone = true));

	await vi.advanceTimersByTimeAsync(90);
	expect(hasGone).toBe(false);
	await vi.advanceTimersByTimeAsync(20);
	expect(hasGone).toBe(true);
	expect(pace.figures.baseMs).toBe(100);

	(await going)({ arrived: true });
});

test('what is on its way stays within the window', async () => {
	const pace = measured();
	const window = pace.figures.window ?? 0;
	const first = pace.take(window, never);
	let hasSecondGone = false;
	void pace.take(1, never).then(() => (hasSecondGone = true));
	await vi.advanceTimersByTimeAsync(40);
	expect(pace.figures.inFlight).toBe(window);
	expect(hasSecondGone).toBe(false);

	(await first)({ arrived: true });
	await vi.advanceTimersByTimeAsync(0);

	expect(hasSecondGone).toBe(true);
});

test('a line that answers nothing stops nobody', async () => {
	const pace = measured({ isDead: true });
	const going = pace.take(1, never);

	await vi.advanceTimersByTimeAsync(400);
	await going;
	await vi.advanceTimersByTimeAsync(5_000);

	expect(pace.figures.window).toBeNull();
	expect(pace.chunk).toBeNull();
});

test('nothing is measured while nothing is sent', async () => {
	const probe = vi.fn(async () => ({ ms: 10, serverMs: 0 }));
	const pace = new Pace({ probe, now: () => Date.now() });
	const ended = await pace.take(1, never);
	ended({ arrived: true });
	await vi.advanceTimersByTimeAsync(0);
	const before = probe.mock.calls.length;

	await vi.advanceTimersByTimeAsync(10_000);

	expect(probe.mock.calls.length).toBe(before);
});

test('while somebody waits for a page half the window fills the link, and for sound nothing goes', async () => {
	const pace = measured();
	const window = pace.figures.window ?? 0;
	const first = pace.take(window / 2, never);
	let hasSecondGone = false;
	await vi.advanceTimersByTimeAsync(40);
	pace.yieldLink('page');
	void pace.take(1, never).then(() => (hasSecondGone = true));
	await vi.advanceTimersByTimeAsync(40);
	expect(hasSecondGone).toBe(false);

	pace.yieldLink('sound');
	(await first)({ arrived: true });
	await vi.advanceTimersByTimeAsync(40);
	expect(hasSecondGone).toBe(false);
	pace.yieldLink('page');
	await vi.advanceTimersByTimeAsync(0);

	expect(hasSecondGone).toBe(true);
});
