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

test('timers that come late do not make the limit lower than it was chosen', async () => {
	const { setTimeout } = globalThis;
	vi.stubGlobal('setTimeout', (run: () => void, ms = 0) => setTimeout(run, ms + 4));
	const pace = open();
	pace.limit = 1_000_000;

	const went = await times(pace, Array<number>(200).fill(1_000));

	expect(went.at(-1)).toBeGreaterThan(195);
	expect(went.at(-1)).toBeLessThan(215);
	vi.unstubAllGlobals();
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
			setTimeout(() => resolve(isDead ? null : { ms: took, serverMs: 0, backMs: null }), took);
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
	const probe = vi.fn(async () => ({ ms: 10, serverMs: 0, backMs: null }));
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

/** A link that says what has come of each stream: what the test lets through. */
function hearing({ requests = Infinity } = {}) {
	let received: Record<string, number> | undefined = {};
	const probe = async (): Promise<RoundTrip> => ({ ms: 10, serverMs: 0, backMs: null, received });
	const pace = new Pace({ probe, requests, now: () => Date.now() });
	return { pace, come: (now: Record<string, number> | undefined) => (received = now) };
}

/** Measured, and heard. */
async function ready(pace: Pace) {
	(await pace.take(0, never))({ arrived: true });
	await vi.advanceTimersByTimeAsync(100);
	expect(pace.canStream).toBe(true);
}

test('a stream goes on when the server says that what went before has come', async () => {
	const { pace, come } = hearing();
	await ready(pace);
	const stream = await pace.stream(never);
	// More than the window will be when it has grown a step.
	const most = (pace.figures.window ?? 0) * 2;
	await stream.piece(most, never);
	let hasGone = false;
	void stream.piece(1_000, never).then(() => (hasGone = true));
	await vi.advanceTimersByTimeAsync(1_000);
	expect(hasGone).toBe(false);

	come({ [stream.name]: most });
	await vi.advanceTimersByTimeAsync(1_000);

	expect(hasGone).toBe(true);
	stream.end({ arrived: true });
	expect(pace.figures.inFlight).toBe(0);
	expect(pace.figures.requests).toBe(0);
});

test('pieces are small at first, and on a fast link as long as a timer is exact', async () => {
	const { pace, come } = hearing();
	await ready(pace);
	const first = pace.piece;
	const stream = await pace.stream(never);
	const megabyte = 1e6;
	let sent = 0;
	const sending = (async () => {
		while (sent < 100 * megabyte) {
			await stream.piece(megabyte, never);
			sent += megabyte;
		}
	})();
	while (sent < 100 * megabyte) {
		await vi.advanceTimersByTimeAsync(10);
		come({ [stream.name]: sent });
	}
	await sending;

	expect(first).toBeLessThan(32_000);
	expect(pace.piece).toBeGreaterThan(first * 2);
	expect(pace.piece).toBeLessThan((pace.figures.bestRate * 10) / 1_000);
	stream.end({ arrived: true });
});

test('pieces of a stream do not go in bursts', async () => {
	const { pace } = hearing();
	await ready(pace);
	const stream = await pace.stream(never);
	const window = pace.figures.window ?? 0;
	const began = Date.now();
	const times: number[] = [];
	const all = Array.from({ length: 4 }, () =>
		stream.piece(window / 8, never).then(() => void times.push(Date.now() - began))
	);
	await vi.advanceTimersByTimeAsync(500);
	await Promise.all(all);

	expect(times.at(-1)).toBeGreaterThan(5);
	stream.end({ arrived: true });
});

test('behind a proxy that keeps or drops bodies without a length a stream is given up, and is the last', async () => {
	const { pace } = hearing();
	await ready(pace);
	const stream = await pace.stream(never);
	await stream.piece(pace.figures.window ?? 0, never);
	const rest = stream.piece(10_000_000, never);

	await vi.advanceTimersByTimeAsync(4_000);

	await rest;
	expect(stream.lost.aborted).toBe(true);
	expect(pace.canStream).toBe(false);
	stream.end({ arrived: true });
	expect(pace.figures.inFlight).toBe(0);
});

// was: one that followed another was given up after three seconds, and no stream went after that, 2026-11-23
test('a stream that waits for its turn behind another is not held up', async () => {
	const { pace, come } = hearing();
	await ready(pace);
	const [first, second] = [await pace.stream(never), await pace.stream(never)];
	const gone = [first.piece(20_000, never), second.piece(1_000, never)];
	await vi.advanceTimersByTimeAsync(500);
	await Promise.all(gone);
	for (let at = 1; at <= 50; at += 1) {
		come({ [first.name]: at * 100 });
		await vi.advanceTimersByTimeAsync(100);
	}
	expect(second.lost.aborted).toBe(false);
	expect(pace.canStream).toBe(true);

	await vi.advanceTimersByTimeAsync(4_000);

	expect(second.lost.aborted).toBe(true);
	for (const stream of [first, second]) stream.end({ arrived: false });
});

test('what held bodies up on one network does not on another', async () => {
	const { pace } = hearing();
	await ready(pace);
	const stream = await pace.stream(never);
	await stream.piece(1_000, never);
	await vi.advanceTimersByTimeAsync(4_000);
	stream.end({ arrived: true });
	expect(pace.canStream).toBe(false);

	pace.forget();
	const request = pace.take(0, never);
	await vi.advanceTimersByTimeAsync(500);
	(await request)({ arrived: true });

	expect(pace.canStream).toBe(true);
});

test('a server that does not say what has come gets no stream', async () => {
	const { pace, come } = hearing();
	come(undefined);
	(await pace.take(0, never))({ arrived: true });
	await vi.advanceTimersByTimeAsync(100);

	expect(pace.canStream).toBe(false);
});

test('a piece that waited when its stream ended is not counted for ever', async () => {
	const { pace } = hearing();
	await ready(pace);
	const stream = await pace.stream(never);
	await stream.piece((pace.figures.window ?? 0) * 2, never);
	const waiting = stream.piece(1_000, never);

	stream.end({ arrived: false });
	await vi.advanceTimersByTimeAsync(1_000);
	await waiting;

	expect(pace.figures.inFlight).toBe(0);
});

test('a request that finds no connection does not keep a stream from its end', async () => {
	const { pace } = hearing({ requests: 1 });
	await ready(pace);
	const stream = await pace.stream(never);
	const other = pace.take(1, never);
	let hasGone = false;

	void stream.piece(1_000, never).then(() => (hasGone = true));
	await vi.advanceTimersByTimeAsync(100);
	expect(hasGone).toBe(true);

	stream.end({ arrived: true });
	await vi.advanceTimersByTimeAsync(0);
	(await other)({ arrived: true });
});
