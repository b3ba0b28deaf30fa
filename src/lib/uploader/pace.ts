import { Pacing } from './pacing.ts';

/** Nobody waits longer for somebody else's page: one that never arrives must not stop an upload. */
const YIELD_MS = 4_000;
/** Of a window that is known: the requests of a page find no queue, and the link is not idle behind them. */
const YIELD_PART = 0.5;
/** How often the link is measured while it is used: a dozen make one good measurement. */
const PROBE_MS = 50;
/** The first measurement has to come before the first bytes, or their queue would look like the link's own. */
const FIRST_PROBE_MS = 300;
/** A link that answers none of these is not measured: then chunks follow the time that they take. */
const MOST_UNANSWERED = 40;
/** What was learned of a link that nothing went over for so long may not hold any more. */
const FORGET_MS = 60_000;

/** What somebody waits for: a page needs a word, sound needs all there is. */
export type Wanted = 'page' | 'sound';

/** What one round trip on the page's own line took, in milliseconds, and how late the server was with its answer. */
export interface RoundTrip {
	ms: number;
	serverMs: number;
}

export interface PaceOptions {
	/** Measures a round trip as a listener would feel it; null when it cannot now. Without it nothing is paced. */
	probe?: (() => Promise<RoundTrip | null>) | null;
	/** Requests at the same time, of all files together. */
	requests?: number;
	now?: () => number;
}

/** Says that a request is over, and whether its bytes arrived. */
export type Ended = (outcome: { arrived: boolean }) => void;

interface Waiter {
	bytes: number;
	go: (ended: Ended) => void;
}

/** What of the link is used, for who wants to see it. */
export interface PaceFigures {
	/** Bytes; null while the link is not measured. */
	window: number | null;
	inFlight: number;
	requests: number;
	/** Milliseconds, null before they are known. */
	roundTripMs: number | null;
	baseMs: number | null;
	/** Bytes a second. */
	rate: number;
	/** The most that it was in the last minute. */
	bestRate: number;
}

/**
 * When the next request may go. While somebody waits for sound, none does, and for a page hardly any; what is on its
 * way stays within a window that follows the link; and all of them together stay below a limit that the person chose.
 */
export class Pace {
	/** Bytes a second, or null. */
	#limit: number | null = null;
	#freeAt = 0;
	#limitTimer: ReturnType<typeof setTimeout> | null = null;
	/** Who the link belongs to first, and until when. */
	#yielding: { to: Wanted; timer: ReturnType<typeof setTimeout> } | null = null;
	#waiters: Waiter[] = [];
	#running = 0;
	readonly #pacing = new Pacing();
	#probing: ReturnType<typeof setInterval> | null = null;
	#probedAt = 0;
	#beganAt = 0;
	#endedAt = -Infinity;
	#unanswered = 0;
	readonly #probe: (() => Promise<RoundTrip | null>) | null;
	readonly #requests: number;
	readonly #now: () => number;

	constructor({
		probe = null,
		requests = Infinity,
		now = () => performance.now()
	}: PaceOptions = {}) {
		this.#probe = probe;
		this.#requests = requests;
		this.#now = now;
	}

	get limit(): number | null {
		return this.#limit;
	}
	set limit(limit: number | null) {
		this.#limit = limit;
		this.#freeAt = 0;
		this.#advance();
	}

	/** A good size for the next request in bytes, as far as the link is known; null when it is not measured. */
	get chunk(): number | null {
		return this.#isMeasured ? this.#pacing.chunk : null;
	}

	get figures(): PaceFigures {
		const { window, inFlight, roundTripMs, baseMs, rate, bestRate } = this.#pacing;
		return {
			window: this.#isMeasured ? window : null,
			inFlight,
			requests: this.#running,
			roundTripMs,
			baseMs,
			rate,
			bestRate
		};
	}

	/** Somebody waits for a page or for sound, or nobody does. What is on its way already goes on. */
	yieldLink(to: Wanted | null) {
		if (to === (this.#yielding?.to ?? null)) return;
		clearTimeout(this.#yielding?.timer);
		this.#yielding = to && { to, timer: setTimeout(() => this.yieldLink(null), YIELD_MS) };
		this.#advance();
	}

	/** Another network: nothing of what was learned holds. */
	forget() {
		this.#pacing.forget();
		this.#unanswered = 0;
		this.#beganAt = this.#now();
		this.#advance();
	}

	/** Resolves when so many bytes may go. @throws the signal's reason */
	async take(bytes: number, signal: AbortSignal): Promise<Ended> {
		signal.throwIfAborted();
		const { promise, resolve, reject } = Promise.withResolvers<Ended>();
		const waiter: Waiter = { bytes, go: resolve };
		const leave = () => {
			this.#waiters = this.#waiters.filter((one) => one !== waiter);
			reject(signal.reason as Error);
			this.#advance();
		};
		signal.addEventListener('abort', leave, { once: true });
		this.#begin();
		this.#waiters.push(waiter);
		this.#advance();
		try {
			return await promise;
		} finally {
			signal.removeEventListener('abort', leave);
		}
	}

	#advance() {
		for (let next = this.#waiters[0]; next && this.#mayGo(next); next = this.#waiters[0]) {
			this.#waiters.shift();
			next.go(this.#go(next.bytes));
		}
	}

	#mayGo({ bytes }: Waiter): boolean {
		if (this.#running >= this.#requests) return false;
		const now = this.#now();
		if (this.#isWaitingToMeasure(now)) return false;
		const yields = this.#yielding?.to;
		if (yields === 'sound' || (yields && !this.#isMeasured)) return false;
		if (this.#isMeasured && !this.#pacing.mayGo(bytes, yields ? YIELD_PART : 1)) return false;
		const wait = this.#limit === null ? 0 : this.#freeAt - now;
		if (wait > 0) {
			this.#limitTimer ??= setTimeout(() => {
				this.#limitTimer = null;
				this.#advance();
			}, wait);
			return false;
		}
		return true;
	}

	#go(bytes: number): Ended {
		const now = this.#now();
		if (this.#limit !== null) {
			this.#freeAt = Math.max(now, this.#freeAt) + (bytes * 1000) / this.#limit;
		}
		this.#running += 1;
		this.#pacing.went(bytes, now);
		let isOver = false;
		return (outcome) => {
			if (isOver) return;
			isOver = true;
			this.#running -= 1;
			this.#pacing.ended(bytes, outcome, this.#now());
			// A page in the background has slow timers: what happens on the link keeps its measurements going.
			this.#measure();
			this.#advance();
			if (this.#running === 0 && this.#waiters.length === 0) this.#end();
		};
	}

	get #isMeasured(): boolean {
		return this.#probe !== null && this.#unanswered < MOST_UNANSWERED;
	}

	#isWaitingToMeasure(now: number): boolean {
		return this.#isMeasured && this.#pacing.baseMs === null && now - this.#beganAt < FIRST_PROBE_MS;
	}

	#begin() {
		if (this.#probing || !this.#probe) return;
		const now = this.#now();
		if (now - this.#endedAt > FORGET_MS) this.#pacing.forget();
		this.#beganAt = now;
		this.#probing = setInterval(() => this.#measure(), PROBE_MS);
		this.#measure();
	}

	#end() {
		clearInterval(this.#probing ?? undefined);
		this.#probing = null;
		this.#endedAt = this.#now();
	}

	#measure() {
		const sentAt = this.#now();
		if (!this.#probe || !this.#probing) return;
		// One in a while goes on asking a line that does not answer.
		const rest = this.#isMeasured ? PROBE_MS * 0.8 : FIRST_PROBE_MS * 10;
		if (sentAt - this.#probedAt < rest) return;
		this.#probedAt = sentAt;
		this.#unanswered += 1;
		this.#probe().then(
			(trip) => {
				if (!trip) return;
				this.#unanswered = 0;
				this.#pacing.sample(trip.ms, { serverMs: trip.serverMs, sentAt }, this.#now());
				this.#advance();
			},
			() => {} // the line is away; the network's own failures are not told from here
		);
		// When nothing has been measured in time, what waits goes all the same.
		if (this.#unanswered > 0) this.#advance();
	}
}
