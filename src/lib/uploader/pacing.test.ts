import { expect, test } from 'vitest';
import { Pacing } from './pacing.ts';
import { simulate, summary, type Link } from './simulated-link.ts';

const MBIT = 125_000;
const home: Link = { rate: 20 * MBIT, baseMs: 20, bufferMs: 1_000 };
/** Long enough to have found the link. */
const FOUND = 10;

const links = [5, 20, 100, 1_000].flatMap((mbit) =>
	[1, 20, 100].map((baseMs) => ({ mbit, baseMs }))
);

test.for(links)('$mbit Mbit/s, $baseMs ms away: used, and without a long queue', (which) => {
	const link = { rate: which.mbit * MBIT, baseMs: which.baseMs, bufferMs: 1_000 };

	const found = summary(
		simulate(60, () => link),
		FOUND
	);

	expect(found.utilisation).toBeGreaterThan(0.94);
	// Two of the smallest requests are always on their way, and a slow link takes its time for them.
	const leastMs = (64 * 1024 * 1000) / link.rate;
	expect(found.queueMs).toBeLessThan(Math.max(35 + which.baseMs / 4, leastMs));
	expect(found.queueMsP95).toBeLessThan(Math.max(40, leastMs) + which.baseMs * 0.8);
});

test('a link that becomes slower is not buried', () => {
	const slower = simulate(60, (at) => ({ ...home, rate: (at < 30 ? 20 : 5) * MBIT }));

	const soon = summary(slower, 35);

	expect(soon.utilisation).toBeGreaterThan(0.95);
	expect(soon.queueMsP95).toBeLessThan(80);
});

test('a link that becomes faster is used', () => {
	const faster = simulate(60, (at) => ({ ...home, rate: (at < 30 ? 5 : 50) * MBIT }));

	const soon = summary(faster, 35);

	expect(soon.utilisation).toBeGreaterThan(0.95);
	expect(soon.queueMsP95).toBeLessThan(80);
});

test('a longer way is not taken for a queue for ever', () => {
	const rerouted = simulate(90, (at) => ({ ...home, baseMs: at < 30 ? 20 : 120 }));

	expect(summary(rerouted, 50).utilisation).toBeGreaterThan(0.9);
});

test('a shorter way is learned, and the queue is short on it too', () => {
	const rerouted = simulate(60, (at) => ({ ...home, baseMs: at < 30 ? 120 : 20 }));

	const soon = summary(rerouted, 35);

	expect(soon.utilisation).toBeGreaterThan(0.95);
	expect(soon.queueMsP95).toBeLessThan(80);
});

test('beside somebody greedy a part of the link is kept, and all of it is taken when they leave', () => {
	const shared = simulate(90, (at) => ({
		...home,
		bufferMs: 500,
		hasRival: at > 20 && at < 60
	}));

	const beside = summary(shared, 30, 60);
	const after = summary(shared, 75);

	expect(beside.utilisation).toBeGreaterThan(0.05);
	expect(after.utilisation).toBeGreaterThan(0.95);
	expect(after.queueMsP95).toBeLessThan(100);
});

test.for([1, 2, 3])('300 ms of jitter neither starves it nor builds a queue (%i)', (seed) => {
	const noisy = simulate(60, () => ({ ...home, jitterMs: 300 }), { seed });

	const found = summary(noisy, FOUND);

	expect(found.utilisation).toBeGreaterThan(0.8);
	expect(found.queueMs).toBeLessThan(80);
});

test('half of the measurements are enough', () => {
	const found = summary(
		simulate(60, () => ({ ...home, probeLoss: 0.5 })),
		FOUND
	);

	expect(found.utilisation).toBeGreaterThan(0.95);
	expect(found.queueMsP95).toBeLessThan(80);
});

test('without measurements nothing grows', () => {
	const pacing = new Pacing();
	const before = pacing.window;

	for (let now = 0; now < 10_000; now += 10) {
		pacing.went(1_000, now);
		pacing.ended(1_000, { arrived: true }, now);
	}

	expect(pacing.window).toBe(before);
});

test('one request may always go, whatever its size', () => {
	const pacing = new Pacing();

	expect(pacing.mayGo(1e12)).toBe(true);
	pacing.went(1e12, 0);
	expect(pacing.mayGo(1)).toBe(false);
});

test('a server that was busy is not taken for a full link', () => {
	const calm = new Pacing();
	for (let now = 0; now < 5_000; now += 50) {
		calm.went(calm.window, now);
		calm.sample(now < 1_000 ? 10 : 210, { serverMs: now < 1_000 ? 0 : 200, sentAt: now - 10 }, now);
		calm.ended(calm.inFlight, { arrived: true }, now);
	}

	expect(calm.baseMs).toBe(10);
	expect(calm.window).toBeGreaterThan(new Pacing().window);
});

test('on another network nothing of what was learned holds', () => {
	const pacing = new Pacing();
	for (let now = 0; now < 3_000; now += 50) {
		pacing.went(pacing.window, now);
		pacing.sample(10, { serverMs: 0, sentAt: now - 10 }, now);
		pacing.ended(pacing.inFlight, { arrived: true }, now);
	}

	pacing.forget();

	expect(pacing.baseMs).toBeNull();
	expect(pacing.window).toBe(new Pacing().window);
});
