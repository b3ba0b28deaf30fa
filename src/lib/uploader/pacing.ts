const KIB = 1024;
/** Two of the smallest chunks: less would leave the link idle between them. */
const MIN_WINDOW = 64 * KIB;
/** Two of the smallest pieces: a slow link is filled by them too, and a queue is shorter. */
const MIN_IN_PIECES = 32 * KIB;
/** A window in pieces is not smaller than what comes in this time: one hears of it after half of it. */
const LEAST_MS = 100;
const MAX_WINDOW = 24 * 1024 * KIB;
const FIRST_WINDOW = 96 * KIB;
const MIN_CHUNK = 32 * KIB;
const MAX_CHUNK = 4 * 1024 * KIB;
/**
 * Parts of the window that go out as one request: while one is answered and one begins, one is on the link. Each costs
 * 10 to 30 ms of everybody's time, so that more of them carry less.
 */
const CHUNKS_IN_WINDOW = 4;

/**
 * How long the queue may be when it is shortest, which is what the least of some round trips shows: on a short way
 * little of it hides the gaps between requests, on a long one their answers take longer. The requests that come and go
 * lie on top of it.
 */
const TARGET_MS = { least: 12, most: 25, partOfBase: 1 / 8 };
/** An empty link that is so much slower than it was may be another one. */
const FAR_MS = 25;
/** The least of what was measured in this time is the delay: what is above it is jitter. */
const FILTER_MS = 500;
/** Fewer say nothing: a page or a server that was busy for a moment has measured only that moment. */
const MIN_SAMPLES = 8;
const MAX_AGE_MS = 3_000;
/** Of what one sample differs from the next, so much may be left in the least of a dozen, and of a few. */
const JITTER_LEFT = { dozen: 0.2, few: 1 };
const JITTER_SMOOTHING = 16;
const STEP_MS = 100;
/** How often one measures; a dozen make one good measurement. */
const PROBE_MS = 50;
/** Until there is a queue for the first time: as soon as a step has been measured, but not before. */
const START_STEP_MS = 50;
const START_PROBE_MS = 25;
/** Without a measurement for so long nothing is known, and nothing grows. */
const BLIND_MS = 1_500;

/** Until there is a queue for the first time these say enough: while half a second is waited for, it grows long. */
const START_SAMPLES = 4;
/** In a step, at most: until there is a queue for the first time, while it is short, and when it is too long. */
const START_GAIN = 0.25;
const GAIN = 0.04;
const LOSS = 0.08;
const MOST_LOSS = 0.2;

/** Routes change: the path's own delay is the least of the last minutes. */
const BASE_BUCKET_MS = 30_000;
const BASE_BUCKETS = 6;
/** So often everything stops until the link is empty: a queue that never drains looks like distance. */
const DRAIN_EVERY_MS = 30_000;
/** Sooner when nothing helps: perhaps it is distance. */
const DOUBT_MS = 4_000;
const DRAIN_MOST_MS = 1_000;

/** Against somebody greedier on the same link: this part of what it carried lately is kept. */
const FLOOR_SHARE = 0.1;
/** While somebody waits for a page: it fills the link, and leaves no queue. */
const YIELD_PART = 0.5;
/** Until the window is full again. */
const AFTER_YIELD_MS = 150;

const RATE_MS = 1_000;
const RATE_BUCKET_MS = 10_000;
const RATE_BUCKETS = 6;
/** How fast a stream goes: by the most that came in so long, of the last seconds. What was not sent did not come. */
const PACE_MS = 650;
const PACE_BUCKET_MS = 500;
const PACE_BUCKETS = 6;
/** A little more than comes, or nobody would notice that the link carries more. */
const SPACING_GAIN = 1.1;
/** So much of the window fills a link that fell idle, and makes no queue yet. */
const FREE_PART = 1 / 3;
/** How often one hears what has come of a stream. */
const HEARD_EVERY_MS = 50;

interface Measured {
	at: number;
	value: number;
}

/**
 * How many bytes may be on their way, so that the queue in the modem stays short: what LEDBAT++ (RFC 6817,
 * draft-irtf-iccrg-ledbat-plus-plus) does for packets, for requests. The window grows while a round trip takes hardly
 * longer than on an idle link, and shrinks when it does by more than a target. Reads no clock: each call brings the
 * time in milliseconds.
 */
export class Pacing {
	#window = FIRST_WINDOW;
	/** What goes at once is a piece of a stream, and not a whole chunk. */
	isInPieces = false;
	/** What the window was, oldest first: a queue that is seen now was made by an earlier one. */
	#windows: Measured[] = [];
	#isStarting = true;
	#samples: Measured[] = [];
	/** How long answers took on their way back, by two clocks that do not agree. */
	#backs: Measured[] = [];
	/** Bytes that have come as far as one can know, and whose news is in the queue of who downloads. */
	#unheard = 0;
	#departures: Measured[] = [];
	/** How much a sample differs from the one before, smoothed as in RFC 3550, 6.4.1. */
	#jitterMs = 0;
	#bases: Measured[] = [];
	#steppedAt: number | null = null;
	#inFlight = 0;
	#wasFull = false;
	#arrivals: Measured[] = [];
	#rates: Measured[] = [];
	/** The rate at which bytes came, over the last half second. */
	#paces: Measured[] = [];
	#drain: { since: number; emptyAt: number | null } | null = null;
	#drainedAt: number | null = null;
	#stuckSince: number | null = null;
	#isYielding = false;
	#yieldedAt = -Infinity;
	/** The delay of an empty link, when it was far above the base. */
	#doubt: number | null = null;

	/** Bytes that may be on their way, of all files together. */
	get window(): number {
		return this.#window;
	}

	/** A good size in bytes for the next request. */
	get chunk(): number {
		const part = Math.floor((this.#window + this.#unheard) / CHUNKS_IN_WINDOW);
		return Math.min(MAX_CHUNK, Math.max(MIN_CHUNK, part));
	}

	get inFlight(): number {
		return this.#inFlight;
	}

	/** The round trip of an idle path in milliseconds; null before the first measurement. */
	get baseMs(): number | null {
		return least(this.#bases);
	}

	/** The round trip that was measured last, without jitter, in milliseconds. */
	get roundTripMs(): number | null {
		return least(this.#samples);
	}

	/** Bytes a second that arrive. */
	get rate(): number {
		return (this.#arrivals.reduce((sum, { value }) => sum + value, 0) * 1000) / RATE_MS;
	}

	/** The most of it that there was in the last minute. */
	get bestRate(): number {
		return this.#rates.reduce((most, { value }) => Math.max(most, value), this.rate);
	}

	/** How long from one measurement to the next, in milliseconds. */
	get probeMs(): number {
		return this.#isStarting ? START_PROBE_MS : PROBE_MS;
	}

	/** Whether so many bytes more may go. One request always may, or nothing would ever be measured. */
	mayGo(bytes: number): boolean {
		if (this.#drain) return false;
		const window = this.#window * (this.#isYielding ? YIELD_PART : 1);
		return this.#inFlight === 0 || this.#onTheLink + bytes <= window;
	}

	/** Somebody waits for a page, or nobody does: until then a part of the window has to do. */
	yields(toSomebody: boolean, now: number) {
		if (this.#isYielding && !toSomebody) this.#yieldedAt = now;
		this.#isYielding = toSomebody;
	}

	/**
	 * How long after so many bytes of a stream the next may go, in milliseconds. A window that goes out at once makes a
	 * queue in which the news of its arrival wait, and then the link is idle until they come. So it goes a little faster
	 * than the link carries; and where that is not known, or little is on its way because the page did something else,
	 * in the time that it takes to hear that it came.
	 */
	spacingMs(bytes: number): number {
		const byWindow = (this.#window * 1000) / ((this.roundTripMs ?? 0) + HEARD_EVERY_MS);
		const pace = this.#pace;
		const isHeld = pace > 0 && !this.#isStarting && this.#onTheLink > this.#window * FREE_PART;
		return (bytes * 1000) / (SPACING_GAIN * (isHeld ? Math.min(byWindow, pace) : byWindow));
	}

	/** Bytes of a stream that come in so many milliseconds, as far as it is known how many. */
	cameIn(ms: number): number {
		return (this.#pace * ms) / 1000;
	}

	/** So many bytes were handed over. */
	went(bytes: number, now: number) {
		this.#inFlight += bytes;
		this.#departures.push({ at: now, value: bytes });
		// A window that nobody fills says nothing about the path.
		if (this.#onTheLink > this.#window / 2) this.#wasFull = true;
		this.#drainedAt ??= now;
	}

	/** They were answered, or given up. */
	ended(bytes: number, { arrived }: { arrived: boolean }, now: number) {
		this.#inFlight -= bytes;
		if (this.#drain && this.#inFlight === 0) this.#drain.emptyAt = now;
		if (!arrived) return;
		this.#arrivals.push({ at: now, value: bytes });
		this.#forgetOld(now);
		this.#paces = bucket(
			this.#paces,
			this.#paceOf(now),
			now,
			PACE_BUCKET_MS,
			PACE_BUCKETS,
			Math.max
		);
		this.#rates = bucket(this.#rates, this.rate, now, RATE_BUCKET_MS, RATE_BUCKETS, Math.max);
	}

	/**
	 * A round trip that a listener would have felt.
	 * @param trip.serverMs how much of it the server itself was late
	 * @param trip.sentAt when it began
	 * @param trip.backMs how much of it was the way back, and a constant that nobody knows; null where nobody says
	 */
	sample(
		ms: number,
		{ serverMs, sentAt, backMs }: { serverMs: number; sentAt: number; backMs: number | null },
		now: number
	) {
		const queueBackMs = backMs === null ? 0 : this.#queueBack(backMs, ms, now);
		// What was sent right behind it has come too while the answer waited.
		this.#unheard = this.#departures.reduce(
			(sum, { at, value }) => (at >= sentAt && at < sentAt + queueBackMs ? sum + value : sum),
			0
		);
		// What was taken off too much must not make the path look shorter than it is.
		const value = Math.max(ms - serverMs - queueBackMs, Math.min(ms, this.baseMs ?? ms));
		const last = this.#samples.at(-1);
		if (last) this.#jitterMs += (Math.abs(value - last.value) - this.#jitterMs) / JITTER_SMOOTHING;
		// A window that could not be used is no reason to think that it may be larger.
		const isHeld = this.#isYielding || sentAt < this.#yieldedAt + AFTER_YIELD_MS;
		const least = isHeld ? (this.roundTripMs ?? 0) : 0;
		this.#samples.push({ at: now, value: Math.max(value, least) });
		this.#forgetOld(now);
		this.#bases = bucket(this.#bases, value, now, BASE_BUCKET_MS, BASE_BUCKETS, Math.min);
		this.#endDrain(sentAt, now);
		this.#step(now);
	}

	/** Another network: nothing of what was learned holds. What is on its way still is. */
	forget() {
		this.#window = FIRST_WINDOW;
		this.#windows = [];
		this.#isStarting = true;
		this.#samples = [];
		this.#jitterMs = 0;
		this.#bases = [];
		this.#backs = [];
		this.#unheard = 0;
		this.#departures = [];
		this.#arrivals = [];
		this.#rates = [];
		this.#paces = [];
		this.#drain = this.#drainedAt = this.#stuckSince = this.#doubt = null;
	}

	/** Bytes a second: the most that came in half a second, of the last ones; 0 before it is known. */
	get #pace(): number {
		return this.#paces.reduce((most, { value }) => Math.max(most, value), 0);
	}

	/** Bytes a second, from what was heard until what is heard now; 0 when that is too short a time to say. */
	#paceOf(now: number): number {
		const some = this.#arrivals.filter(({ at }) => at > now - PACE_MS);
		const first = some[0]?.at ?? now;
		if (now - first < PACE_MS / 2) return 0;
		const bytes = some.reduce((sum, { at, value }) => (at > first ? sum + value : sum), 0);
		return (bytes * 1000) / (now - first);
	}

	/**
	 * How long an answer waited on its way back, where somebody downloads: uploads do not make that queue, and would
	 * stop for it (RFC 6817, 2: one way is measured). Two clocks drift apart by some milliseconds in three minutes.
	 */
	#queueBack(backMs: number, ms: number, now: number): number {
		this.#backs = bucket(this.#backs, backMs, now, BASE_BUCKET_MS, BASE_BUCKETS, Math.min);
		let queueMs = backMs - (least(this.#backs) ?? backMs);
		if (queueMs > ms) {
			// No way back is longer than the round trip: the server's clock is another one.
			this.#backs = [{ at: now, value: backMs }];
			queueMs = 0;
		}
		return queueMs;
	}

	get #onTheLink(): number {
		return Math.max(0, this.#inFlight - this.#unheard);
	}

	#forgetOld(now: number) {
		const enough = this.#samples.length - MIN_SAMPLES;
		this.#samples = this.#samples.filter(
			({ at }, place) => at > now - FILTER_MS || (place >= enough && at > now - MAX_AGE_MS)
		);
		this.#arrivals = this.#arrivals.filter(({ at }) => at > now - RATE_MS);
		this.#departures = this.#departures.filter(({ at }) => at > now - MAX_AGE_MS);
		this.#windows = this.#windows.filter(({ at }) => at > now - 2 * FILTER_MS);
	}

	#step(now: number) {
		const last = this.#steppedAt;
		if (last !== null && now - last < this.#stepMs) return;
		this.#steppedAt = now;
		const { baseMs } = this;
		const [roundTripMs, jitterLeft] = this.#isStarting
			? [least(this.#samples.slice(-START_SAMPLES)), JITTER_LEFT.few]
			: [this.roundTripMs, JITTER_LEFT.dozen];
		if (this.#drain || baseMs === null || roundTripMs === null) return;
		if (last !== null && now - last > BLIND_MS) return;
		const queueMs = roundTripMs - baseMs - this.#jitterMs * jitterLeft;
		const excess = queueMs / targetMs(baseMs) - 1;
		if (this.#isStarting && excess > -0.25) this.#endStart(roundTripMs, now);
		else if (excess > 0) this.#resize(1 - Math.min(MOST_LOSS, excess * LOSS));
		else if (this.#wasFull) this.#resize(1 + (this.#isStarting ? START_GAIN : -excess * GAIN));
		this.#wasFull = false;
		this.#windows.push({ at: now, value: this.#window });
		this.#beginDrain(roundTripMs, excess > 0, now);
	}

	get #stepMs(): number {
		if (!this.#isStarting) return STEP_MS;
		return Math.min(STEP_MS, Math.max(START_STEP_MS, this.roundTripMs ?? 0));
	}

	/** The first queue: back to the window that made it. */
	#endStart(roundTripMs: number, now: number) {
		this.#isStarting = false;
		const seenSince = this.#samples.at(-START_SAMPLES)?.at ?? now;
		const cause = this.#windows.find(({ at }) => at >= seenSince - roundTripMs);
		if (cause) this.#window = Math.min(this.#window, Math.max(this.#least, cause.value));
	}

	#resize(factor: number) {
		const floor = Math.min(this.#window, this.#floor);
		this.#window = Math.round(Math.min(MAX_WINDOW, Math.max(floor, this.#window * factor)));
	}

	/** The window that carries a part of what the path carried lately, at the delay that there is now. */
	get #floor(): number {
		const part = FLOOR_SHARE * this.bestRate;
		return Math.max(this.#least, (part * (this.roundTripMs ?? 0)) / 1000);
	}

	get #least(): number {
		if (!this.isInPieces) return MIN_WINDOW;
		return Math.min(MIN_WINDOW, Math.max(MIN_IN_PIECES, (this.bestRate * LEAST_MS) / 1000));
	}

	#beginDrain(roundTripMs: number, isTooLong: boolean, now: number) {
		if (!isTooLong || this.#window > this.#floor * 1.05) this.#stuckSince = null;
		else this.#stuckSince ??= now;
		const isDue = this.#drainedAt !== null && now - this.#drainedAt > DRAIN_EVERY_MS;
		const isInDoubt = this.#stuckSince !== null && now - this.#stuckSince > DOUBT_MS;
		if (!isDue && !isInDoubt) return;
		this.#stuckSince = isInDoubt ? now : null;
		this.#drain = { since: now, emptyAt: this.#inFlight === 0 ? now : null };
	}

	/** @param sentAt of a round trip that has just ended: when that began on an empty link, it was the path's own. */
	#endDrain(sentAt: number, now: number) {
		const drain = this.#drain;
		if (!drain) return;
		const wasEmpty = drain.emptyAt !== null && sentAt >= drain.emptyAt;
		if (!wasEmpty && now - drain.since < DRAIN_MOST_MS) return;
		this.#drain = null;
		this.#drainedAt = now;
		if (wasEmpty) this.#learn(this.#samples.at(-1)?.value ?? 0, now);
	}

	/** Twice as slow with nothing of ours on the link: it has become a longer one, or somebody else fills it. */
	#learn(emptyMs: number, now: number) {
		const isFar = emptyMs - (this.baseMs ?? 0) > FAR_MS;
		if (!isFar) this.#doubt = null;
		else if (this.#doubt === null || Math.abs(this.#doubt - emptyMs) > FAR_MS) {
			this.#doubt = emptyMs;
		} else {
			this.#bases = [{ at: now, value: Math.min(this.#doubt, emptyMs) }];
			this.#doubt = null;
		}
	}
}

const targetMs = (baseMs: number) =>
	Math.min(TARGET_MS.most, TARGET_MS.least + baseMs * TARGET_MS.partOfBase);

function least(values: readonly Measured[]): number | null {
	return values.length === 0 ? null : Math.min(...values.map(({ value }) => value));
}

/** Adds a value to the newest stretch of time, or begins another one; the oldest is forgotten. */
function bucket(
	buckets: readonly Measured[],
	value: number,
	now: number,
	lengthMs: number,
	most: number,
	choose: (one: number, other: number) => number
): Measured[] {
	const newest = buckets.at(-1);
	if (!newest || now - newest.at >= lengthMs) return [...buckets, { at: now, value }].slice(-most);
	return [...buckets.slice(0, -1), { at: newest.at, value: choose(newest.value, value) }];
}
