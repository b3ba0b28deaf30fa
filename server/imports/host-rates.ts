import { setTimeout as sleep } from 'node:timers/promises';

/** Both ask for it in their rules. */
const ONE_A_SECOND = new Set(['musicbrainz.org', 'coverartarchive.org']);
const USUAL_PER_SECOND = 4;
/** Of the owner's own net. */
const NEAR_PER_SECOND = 50;
/** Hosts are forgotten when nothing was asked of them for this long, and they are owed no rest. */
const FORGET_MS = 10 * 60_000;
const MAX_HOSTS = 1_000;

interface Bucket {
	perSecond: number;
	/** When the next request may go. In the past it is credit, of one second at most. */
	nextAt: number;
	/** A host that said so is left alone until then. */
	restUntil: number;
}

interface HostRatesOptions {
	/** Whether a host is on the owner's own net. */
	isNear: (host: string) => boolean;
	now?: () => number;
	pause?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** How often each host is asked: a token bucket, and the rest that it asked for itself. */
export class HostRates {
	readonly #isNear: (host: string) => boolean;
	readonly #now: () => number;
	readonly #pause: (ms: number, signal?: AbortSignal) => Promise<void>;
	readonly #buckets = new Map<string, Bucket>();

	constructor({
		isNear,
		now = Date.now,
		pause = (ms, signal) => sleep(ms, undefined, signal && { signal })
	}: HostRatesOptions) {
		this.#isNear = isNear;
		this.#now = now;
		this.#pause = pause;
	}

	/**
	 * Resolves when a request may go; first come, first served.
	 * @param onwait told what is waited for, and null once it is not any more
	 */
	async take(
		host: string,
		{ signal, onwait }: { signal?: AbortSignal; onwait?: (words: string | null) => void } = {}
	): Promise<void> {
		const bucket = this.#bucketOf(host);
		const now = this.#now();
		const { perSecond, restUntil } = bucket;
		const at = Math.max(bucket.nextAt, restUntil, now - 1_000 + 1_000 / perSecond);
		bucket.nextAt = at + 1_000 / perSecond;
		if (at <= now) return;
		onwait?.(wordsFor(host, perSecond, restUntil > now));
		try {
			await this.#pause(at - now, signal);
			// It may have asked for a rest meanwhile.
			while (bucket.restUntil > this.#now()) {
				onwait?.(wordsFor(host, perSecond, true));
				await this.#pause(bucket.restUntil - this.#now(), signal);
			}
		} finally {
			onwait?.(null);
		}
	}

	/** The host asked to be left alone for so long; whoever asks it next waits. */
	rest(host: string, ms: number) {
		const bucket = this.#bucketOf(host);
		bucket.restUntil = Math.max(bucket.restUntil, this.#now() + ms);
	}

	#bucketOf(host: string): Bucket {
		const known = this.#buckets.get(host);
		if (known) return known;
		if (this.#buckets.size >= MAX_HOSTS) this.#forget();
		const perSecond = ONE_A_SECOND.has(host)
			? 1
			: this.#isNear(host)
				? NEAR_PER_SECOND
				: USUAL_PER_SECOND;
		const bucket = { perSecond, nextAt: 0, restUntil: 0 };
		this.#buckets.set(host, bucket);
		return bucket;
	}

	#forget() {
		for (const [host, { nextAt, restUntil }] of this.#buckets) {
			if (Math.max(nextAt, restUntil) < this.#now() - FORGET_MS) this.#buckets.delete(host);
		}
	}
}

function wordsFor(host: string, perSecond: number, isResting: boolean): string {
	if (isResting) return `${host} asked us to wait a while`;
	return perSecond === 1
		? `${host} allows one request a second`
		: `${host} is asked ${perSecond} times a second at most`;
}
