import { Pacing } from './pacing.ts';

/** A link at one moment. */
export interface Link {
	/** Bytes a second toward the server. */
	rate: number;
	/** Round trip of an empty link in milliseconds. */
	baseMs: number;
	/** The queue takes no more than what it carries in so many milliseconds. */
	bufferMs: number;
	/** Added to each measured round trip, at random up to so much. */
	jitterMs?: number;
	/** Somebody downloads: what comes back from the server waits for so long. */
	backMs?: number;
	/** Somebody else on the link who keeps its queue full, as a loss-based flow does. */
	hasRival?: boolean;
	/** The page does something else for so long, twice a second: it neither sends nor hears. */
	busyMs?: number;
	/** Somebody waits for a page for so long, twice a second. */
	yieldMs?: number;
	/** Part of the measurements that never come back. */
	probeLoss?: number;
}

export interface Moment {
	/** Seconds since the beginning. */
	at: number;
	link: Link;
	/** Bytes. */
	window: number;
	/** What a page request would wait behind now, in milliseconds. */
	queueMs: number;
	/** Ours, in bytes a second, since the moment before. */
	rate: number;
}

const TICK_MS = 1;
/** Nothing goes out before there were some. */
const FIRST_PROBES_MS = 150;
const PIECE = 16 * 1024;
/** Timers are not exact: what is nearly due goes. */
const TIMER_MS = 4;
const MOMENT_MS = 250;
const RIVAL_PACKET = 15_000;
/** From the last byte of a request to its answer. */
const SERVER_MS = 8;
/** By how much the server's clock is behind. */
const CLOCKS_MS = 12_345;
/** What a rival that backs off after a loss leaves in the queue. */
const AFTER_LOSS = 0.5;

/**
 * One bottleneck with one queue, first in first out, that uploads without end go through. Time is simulated: nothing
 * waits. The same seed gives the same run.
 */
export function simulate(
	seconds: number,
	linkAt: (second: number) => Link,
	{ seed = 1, pacing = new Pacing() as Controller, isStreamed = false } = {}
): Moment[] {
	const random = mulberry32(seed);
	const queue: { left: number; bytes: number; isOurs: boolean }[] = [];
	const answers: { at: number; bytes: number }[] = [];
	const echoes: { at: number; sentAt: number; ms: number; backMs: number; received: number }[] = [];
	const moments: Moment[] = [];
	let queued = 0;
	let carried = 0;
	let credit = 0;
	let rivalRests = false;
	/** Of what is streamed, bytes that were handed over, and those of which it was heard that they came. */
	let sent = 0;
	let heard = 0;
	let pieceAt = 0;
	let nextProbe = 0;
	pacing.isInPieces = isStreamed;

	for (let now = 0; now < seconds * 1000; now += TICK_MS) {
		const link = linkAt(now / 1000);
		const perMs = link.rate / 1000;

		pacing.yields(now % 500 < (link.yieldMs ?? 0), now);
		for (let next = answers[0]; next && next.at <= now; next = answers[0]) {
			answers.shift();
			pacing.ended(next.bytes, { arrived: true }, now);
		}
		for (const echo of isBusy(link, now) ? [] : echoes.filter(({ at }) => at <= now)) {
			echoes.splice(echoes.indexOf(echo), 1);
			if (isStreamed && echo.received > heard) {
				pacing.ended(echo.received - heard, { arrived: true }, now);
				heard = echo.received;
			}
			// What came while the page was busy is heard later.
			const heardMs = Math.max(0, now - echo.at - TICK_MS);
			const trip = { serverMs: 0, sentAt: echo.sentAt, backMs: echo.backMs + heardMs };
			pacing.sample(echo.ms + heardMs, trip, now);
		}
		while (
			now > FIRST_PROBES_MS &&
			now >= pieceAt - TIMER_MS &&
			!isBusy(link, now) &&
			pacing.mayGo(isStreamed ? PIECE : pacing.chunk)
		) {
			const bytes = isStreamed ? PIECE : pacing.chunk;
			pacing.went(bytes, now);
			sent += bytes;
			if (isStreamed) pieceAt = Math.max(now, pieceAt) + pacing.spacingMs(bytes);
			queue.push({ left: bytes, bytes, isOurs: true });
			queued += bytes;
		}
		if (link.hasRival) {
			if (queued >= link.bufferMs * perMs) rivalRests = true;
			if (queued < link.bufferMs * perMs * AFTER_LOSS) rivalRests = false;
			while (!rivalRests && queued < link.bufferMs * perMs) {
				queue.push({ left: RIVAL_PACKET, bytes: RIVAL_PACKET, isOurs: false });
				queued += RIVAL_PACKET;
			}
		}
		if (now >= nextProbe && !isBusy(link, now)) {
			nextProbe = now + pacing.probeMs;
			const backMs = link.baseMs / 2 + (link.backMs ?? 0);
			const ms = link.baseMs / 2 + queued / perMs + (link.jitterMs ?? 0) * random() + backMs;
			// First in, first out: what was sent before has come when this has.
			if (random() >= (link.probeLoss ?? 0))
				echoes.push({ at: now + ms, sentAt: now, ms, backMs: backMs + CLOCKS_MS, received: sent });
		}
		credit = queue.length > 0 ? credit + perMs * TICK_MS : 0;
		for (let head = queue[0]; head && credit > 0; head = queue[0]) {
			const bytes = Math.min(head.left, credit);
			head.left -= bytes;
			credit -= bytes;
			queued -= bytes;
			if (head.isOurs) carried += bytes;
			if (head.left > 0) break;
			queue.shift();
			if (head.isOurs && !isStreamed)
				answers.push({
					at: now + link.baseMs + SERVER_MS + (link.backMs ?? 0),
					bytes: head.bytes
				});
		}
		if ((now + TICK_MS) % MOMENT_MS === 0) {
			const rate = (carried * 1000) / MOMENT_MS;
			moments.push({
				at: (now + TICK_MS) / 1000,
				link,
				window: pacing.window,
				queueMs: queued / perMs,
				rate
			});
			carried = 0;
		}
	}
	return moments;
}

const isBusy = ({ busyMs = 0 }: Link, now: number) => now % 500 < busyMs;

type Controller = Pick<
	Pacing,
	| 'window'
	| 'chunk'
	| 'probeMs'
	| 'isInPieces'
	| 'mayGo'
	| 'went'
	| 'ended'
	| 'sample'
	| 'spacingMs'
	| 'yields'
>;

/** What a stretch of a run came to. */
export function summary(moments: readonly Moment[], from: number, to = Infinity) {
	const some = moments.filter(({ at }) => at > from && at <= to);
	const carried = some.reduce((sum, { rate }) => sum + rate, 0);
	const possible = some.reduce((sum, { link }) => sum + link.rate, 0);
	const queues = some.map(({ queueMs }) => queueMs).sort((a, b) => a - b);
	const quantile = (part: number) => queues[Math.floor(part * (queues.length - 1))] ?? 0;
	return { utilisation: carried / possible, queueMs: quantile(0.5), queueMsP95: quantile(0.95) };
}

/** A generator of numbers in [0, 1) that begins where it is told. */
function mulberry32(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
