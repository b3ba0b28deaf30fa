import * as v from 'valibot';
import { LivePong } from '#contracts/live';
import type { RoundTrip } from './pace.ts';

/** A socket that broke is opened again after so long. */
const AGAIN_MS = 2_000;
/** Between two files there are moments when nobody measures. */
const LINGER_MS = 10_000;
/** Measurements that are waited for. */
const MOST_PINGS = 100;
/** Over HTTP one measures more seldom: a request costs more than a frame on a socket. */
const ASK_MS = 200;
const ASK_TIMEOUT_MS = 15_000;

/** The part of a websocket that is used here. */
export interface MeterSocket {
	send(data: string): void;
	close(): void;
	onopen: ((event: never) => void) | null;
	onmessage: ((event: { data: unknown }) => void) | null;
	onclose: ((event: never) => void) | null;
}

interface MeterOptions {
	open: () => MeterSocket;
	fetch?: typeof globalThis.fetch;
	now?: () => number;
}

interface Ping {
	sentAt: number;
	resolve: (trip: RoundTrip | null) => void;
}

/**
 * Measures how long the portal takes to answer this browser: on a socket of its own, which is open while somebody
 * measures, and over HTTP where there is none.
 */
export class Meter {
	readonly #open: () => MeterSocket;
	readonly #fetch: typeof globalThis.fetch;
	readonly #now: () => number;
	#socket: MeterSocket | null = null;
	#isOpen = false;
	#triedAt = -Infinity;
	#askedAt = -Infinity;
	#lingering: ReturnType<typeof setTimeout> | null = null;
	/** Measurements on their way. */
	readonly #pings = new Map<number, Ping>();
	#pinged = 0;

	constructor({
		open,
		fetch = (...request) => globalThis.fetch(...request),
		now = () => performance.now()
	}: MeterOptions) {
		this.#open = open;
		this.#fetch = fetch;
		this.#now = now;
	}

	/** A round trip; null when it cannot be measured now. */
	async ping(): Promise<RoundTrip | null> {
		if (this.#lingering) clearTimeout(this.#lingering);
		this.#lingering = setTimeout(() => this.#hangUp(), LINGER_MS);
		if (this.#socket && this.#isOpen) return this.#pingOn(this.#socket);
		if (this.#now() - this.#triedAt >= AGAIN_MS) this.#connect();
		if (this.#now() - this.#askedAt < ASK_MS) return null;
		return this.#ask();
	}

	#pingOn(socket: MeterSocket): Promise<RoundTrip | null> {
		const { promise, resolve } = Promise.withResolvers<RoundTrip | null>();
		this.#pinged += 1;
		this.#pings.get(this.#pinged - MOST_PINGS)?.resolve(null);
		this.#pings.delete(this.#pinged - MOST_PINGS);
		this.#pings.set(this.#pinged, { sentAt: this.#now(), resolve });
		socket.send(JSON.stringify({ ping: this.#pinged }));
		return promise;
	}

	/** A request that does as little as can be, on the connection that pages use. */
	async #ask(): Promise<RoundTrip | null> {
		this.#askedAt = this.#now();
		const began = this.#now();
		try {
			const signal = AbortSignal.timeout(ASK_TIMEOUT_MS);
			await this.#fetch('/healthz', { cache: 'no-store', signal });
			return { ms: this.#now() - began, serverMs: 0, backMs: null };
		} catch {
			return null; // the network is away: that tells nothing of how long its queue is
		}
	}

	#connect() {
		this.#hangUp();
		this.#triedAt = this.#now();
		const socket = this.#open();
		this.#socket = socket;
		socket.onopen = () => {
			this.#isOpen = true;
			socket.send(JSON.stringify({ measures: true }));
		};
		socket.onmessage = ({ data }) => this.#hear(data);
		socket.onclose = () => this.#hangUp();
	}

	#hear(data: unknown) {
		const { success, output } = v.safeParse(Said, data);
		if (!success) return;
		const ping = this.#pings.get(output.pong);
		this.#pings.delete(output.pong);
		const now = this.#now();
		ping?.resolve({
			ms: now - ping.sentAt,
			serverMs: output.lateMs,
			backMs: output.at === undefined ? null : now - output.at,
			received: output.received
		});
	}

	#hangUp() {
		const socket = this.#socket;
		this.#socket = null;
		this.#isOpen = false;
		if (socket) {
			socket.onopen = socket.onmessage = socket.onclose = null;
			socket.close();
		}
		for (const { resolve } of this.#pings.values()) resolve(null);
		this.#pings.clear();
	}
}

const Said = v.pipe(v.string(), v.parseJson(), LivePong);
