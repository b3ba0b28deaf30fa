import { Pacing } from './pacing.ts';

const KIB = 1024;
/** Nobody waits longer for somebody else's page: one that never arrives must not stop an upload. */
const YIELD_MS = 4_000;
/** How often one looks whether a measurement is due while the link is used. */
const TICK_MS = 25;
/** The first measurement has to come before the first bytes, or their queue would look like the link's own. */
const FIRST_PROBE_MS = 300;
/** A link that answers none of these is not measured: then chunks follow the time that they take. */
const MOST_UNANSWERED = 40;
/** A body that is streamed is as long as this takes: what is lost at most when it is cut. */
const STREAM_MS = 1_500;
const MIN_STREAM = 192 * KIB;
const MAX_STREAM = 4 * 1024 * KIB;
const TIMER_MS = 4;
/** A body that is streamed goes in pieces: small ones where they make a queue, few where each costs more than its bytes. */
const MIN_PIECE = 16 * KIB;
const MAX_PIECE = 256 * KIB;
/** Who comes later than this had another reason to wait. */
const MOST_LATE_MS = 50;
/** Streams of which nothing comes for so long, while the server answers, are kept or lost by something on the way. */
const HELD_UP_MS = 3_000;
/** What was learned of a link that nothing went over for so long may not hold any more. */
const FORGET_MS = 60_000;

/** What somebody waits for: a page needs a word, sound needs all there is. */
export type Wanted = 'page' | 'sound';

/** What one round trip on the page's own line took, in milliseconds, and how late the server was with its answer. */
export interface RoundTrip {
	ms: number;
	serverMs: number;
	/** How much of it was the way back, and a constant that nobody knows: the clocks are two. Null where nobody says. */
	backMs: number | null;
	/** Bytes that the server has of what is streamed now, by stream; missing where it does not say. */
	received?: Record<string, number> | undefined;
}

export interface PaceOptions {
	/** Measures a round trip as a listener would feel it; null when it cannot now. Without it nothing is paced. */
	probe?: (() => Promise<RoundTrip | null>) | null;
	/** Requests at the same time, of all files together. */
	requests?: number;
	/** Something is to go or on its way, or nothing is any more. */
	onuse?: (isUsed: boolean) => void;
	now?: () => number;
}

/** Says that a request is over, and whether its bytes arrived. */
export type Ended = (outcome: { arrived: boolean }) => void;

/** A body that goes out piece by piece, while the server says how much of it has come. */
export interface Stream {
	name: string;
	/** Resolves when so many more bytes may go. @throws the signal's reason */
	piece(bytes: number, signal: AbortSignal): Promise<void>;
	/** Aborted when nothing of it comes: what was to be sent has to go in another way. */
	lost: AbortSignal;
	end: Ended;
}

interface OpenStream {
	/** Bytes handed over, and of them those that came. */
	sent: number;
	received: number;
	heardAt: number;
	/** Nothing is heard of it. */
	lost: AbortController;
}

interface Waiter {
	bytes: number;
	/** A piece of a body is no request of its own. */
	stream: OpenStream | null;
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
	/** When something waited for the limit last: a timer that came late since then is made up for. */
	#limitedAt = -Infinity;
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
	readonly #streams = new Map<string, OpenStream>();
	#named = 0;
	/** The server says what has come of a stream. */
	#isHeard = false;
	/** Something on the way keeps bodies until they are whole, or drops those that do not say how long they are. */
	#isHeldUp = false;
	/** When something of any stream came last: the others may wait for their turn behind that one. */
	#cameAt = -Infinity;
	/** When the next piece of a stream may go, so that they do not go in bursts. */
	#pieceAt = 0;
	readonly #probe: (() => Promise<RoundTrip | null>) | null;
	#requests: number;
	#isUsed = false;
	readonly #onuse: (isUsed: boolean) => void;
	readonly #now: () => number;

	constructor({
		probe = null,
		requests = Infinity,
		onuse = () => {},
		now = () => performance.now()
	}: PaceOptions = {}) {
		this.#probe = probe;
		this.#requests = requests;
		this.#onuse = onuse;
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

	/** Requests at the same time from now on; those that are on their way end as they would. */
	set requests(requests: number) {
		this.#requests = requests;
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
		this.#pacing.yields(to !== null, this.#now());
		this.#advance();
	}

	/** Another network: nothing of what was learned holds. */
	forget() {
		this.#pacing.forget();
		this.#isHeldUp = false;
		this.#unanswered = 0;
		this.#beganAt = this.#now();
		this.#advance();
	}

	/** Whether the server says how much of a stream has come, so that one may be longer than the window. */
	get canStream(): boolean {
		return this.#isMeasured && this.#isHeard && !this.#isHeldUp;
	}

	/** What was streamed did not come as it was sent: from now on bodies go whole. */
	endStreams() {
		this.#isHeldUp = true;
	}

	/** Bytes that take a second or two, for a body that is streamed. */
	get streamChunk(): number {
		const ideal = (this.#pacing.bestRate * STREAM_MS) / 1000;
		return Math.round(Math.min(MAX_STREAM, Math.max(MIN_STREAM, ideal)));
	}

	/** A good size for the next piece of a stream in bytes: timers are not exact enough to send smaller ones apart. */
	get piece(): number {
		return Math.round(Math.min(MAX_PIECE, Math.max(MIN_PIECE, this.#pacing.cameIn(TIMER_MS))));
	}

	/** Resolves when a request may begin whose body goes piece by piece. @throws the signal's reason */
	async stream(signal: AbortSignal): Promise<Stream> {
		const ended = await this.take(0, signal);
		const name = `s${(this.#named += 1)}-${Math.random().toString(36).slice(2, 10)}`;
		const lost = new AbortController();
		const stream: OpenStream = { sent: 0, received: 0, heardAt: this.#now(), lost };
		this.#streams.set(name, stream);
		return {
			name,
			lost: lost.signal,
			piece: async (bytes, aborted) => void (await this.#wait(bytes, stream, aborted)),
			end: (outcome) => {
				if (this.#streams.delete(name)) this.#hear(stream, stream.sent, outcome);
				// A piece that still waits goes nowhere, and must not be waited for.
				lost.abort();
				ended(outcome);
			}
		};
	}

	/** Resolves when so many bytes may go. @throws the signal's reason */
	take(bytes: number, signal: AbortSignal): Promise<Ended> {
		return this.#wait(bytes, null, signal);
	}

	async #wait(bytes: number, stream: OpenStream | null, signal: AbortSignal): Promise<Ended> {
		signal.throwIfAborted();
		const { promise, resolve, reject } = Promise.withResolvers<Ended>();
		const waiter: Waiter = { bytes, stream, go: resolve };
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
		const isUsed = this.#running > 0 || this.#waiters.length > 0;
		if (isUsed !== this.#isUsed) this.#onuse((this.#isUsed = isUsed));
		for (let next = this.#next(); next && this.#mayGo(next); next = this.#next()) {
			this.#waiters.splice(this.#waiters.indexOf(next), 1);
			next.go(this.#go(next));
		}
	}

	/** First come, first served; but a request for which there is no connection keeps nobody from ending theirs. */
	#next(): Waiter | undefined {
		if (this.#running < this.#requests) return this.#waiters[0];
		return this.#waiters.find(({ stream }) => stream !== null);
	}

	#mayGo({ bytes, stream }: Waiter): boolean {
		const now = this.#now();
		if (this.#isWaitingToMeasure(now)) return false;
		const yields = this.#yielding?.to;
		if (yields === 'sound' || (yields && !this.#isMeasured)) return false;
		const isCounted = this.#isMeasured && !stream?.lost.signal.aborted;
		if (isCounted && !this.#pacing.mayGo(bytes)) return false;
		const limited = this.#limit === null ? 0 : this.#freeAt - now;
		if (limited > 0) this.#limitedAt = now;
		// Timers are not exact: what is nearly due goes.
		const wait = Math.max(limited, stream ? this.#pieceAt - now - TIMER_MS : 0);
		if (wait > 0) {
			this.#limitTimer ??= setTimeout(() => {
				this.#limitTimer = null;
				this.#advance();
			}, wait);
			return false;
		}
		return true;
	}

	#go({ bytes, stream }: Waiter): Ended {
		const now = this.#now();
		if (this.#limit !== null) {
			const due = now - this.#limitedAt < MOST_LATE_MS ? now - MOST_LATE_MS : now;
			this.#freeAt = Math.max(due, this.#freeAt) + (bytes * 1000) / this.#limit;
		}
		if (bytes > 0) this.#pacing.isInPieces = stream !== null;
		if (!stream?.lost.signal.aborted) this.#pacing.went(bytes, now);
		if (stream) {
			stream.sent += bytes;
			this.#pieceAt = Math.max(now, this.#pieceAt) + this.#pacing.spacingMs(bytes);
			return () => {};
		}
		this.#running += 1;
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

	/** So many bytes of a stream have come in all. */
	#hear(stream: OpenStream, received: number, { arrived }: { arrived: boolean }) {
		const more = Math.min(received, stream.sent) - stream.received;
		if (more <= 0) return;
		stream.received += more;
		stream.heardAt = this.#cameAt = this.#now();
		this.#pacing.ended(more, { arrived }, stream.heardAt);
	}

	#hearAll(received: Record<string, number> | undefined) {
		this.#isHeard = received !== undefined;
		for (const [name, stream] of this.#streams) {
			this.#hear(stream, received?.[name] ?? 0, { arrived: true });
			if (stream.sent === stream.received) stream.heardAt = this.#now();
		}
		for (const [name, stream] of this.#streams) {
			const isLost = this.#now() - Math.max(stream.heardAt, this.#cameAt) > HELD_UP_MS;
			if (!this.#isHeard || isLost) {
				this.#isHeldUp ||= this.#isHeard;
				this.#streams.delete(name);
				this.#pacing.ended(stream.sent - stream.received, { arrived: false }, this.#now());
				stream.lost.abort(new DOMException('nothing of the stream came', 'NetworkError'));
			}
		}
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
		this.#probing = setInterval(() => this.#measure(), TICK_MS);
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
		const rest = this.#isMeasured ? this.#pacing.probeMs * 0.8 : FIRST_PROBE_MS * 10;
		if (sentAt - this.#probedAt < rest) return;
		this.#probedAt = sentAt;
		this.#unanswered += 1;
		this.#probe().then(
			(trip) => {
				if (!trip) return;
				this.#unanswered = 0;
				this.#hearAll(trip.received);
				this.#pacing.sample(trip.ms, { ...trip, sentAt }, this.#now());
				this.#advance();
			},
			() => {} // the line is away; the network's own failures are not told from here
		);
		// When nothing has been measured in time, what waits goes all the same.
		if (this.#unanswered > 0) this.#advance();
	}
}
