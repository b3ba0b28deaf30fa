import type { CDPSession } from 'playwright-core';
import { sleep } from './bench.ts';

/** Bytes. Zero would mean all of them, and each upload be copied twice more to tell of it. */
const NO_BODIES = 1;

const SETTLING_MS = 20;
/** The browser tells of an answer a moment after the page has it. */
const SETTLED_WITHIN_MS = 5_000;

interface Begun {
	requestId: string;
	request: { url: string; method: string };
	/** Monotonic seconds. */
	timestamp: number;
	/** Seconds since 1970. */
	wallTime: number;
}

interface Answered {
	requestId: string;
	response: { status: number };
	timestamp: number;
}

interface Failed {
	requestId: string;
	timestamp: number;
	errorText: string;
	canceled?: boolean;
}

export interface Exchange {
	method: string;
	/** Without the query. */
	path: string;
	/** Milliseconds since 1970, as are all times here. */
	beganAt: number;
	/** When the answer began or it failed; null while it is open. Later on there is only what an answer says. */
	endedAt: number | null;
	status: number | null;
	/** As the browser names it. */
	failure: string | null;
}

/** Every request of a page, timed by the browser itself: what the page is busy with does not blur it. */
export class NetworkLog {
	readonly #session: CDPSession;
	readonly #exchanges = new Map<string, Exchange>();
	/** Monotonic seconds at the beginning of each. */
	readonly #began = new Map<string, number>();
	/** Sessions of the page's threads. */
	readonly #threads = new Set<string>();
	#told = 0;

	static async of(session: CDPSession): Promise<NetworkLog> {
		const log = new NetworkLog(session);
		await session.send('Network.enable', { maxPostDataSize: NO_BODIES });
		await session.send('Target.setAutoAttach', {
			autoAttach: true,
			waitForDebuggerOnStart: true,
			// Sessions of their own are nothing that Playwright would hand over.
			flatten: false
		});
		return log;
	}

	private constructor(session: CDPSession) {
		this.#session = session;
		session.on('Network.requestWillBeSent', (event) => this.#begin(event));
		session.on('Network.responseReceived', (event) => this.#answer(event));
		session.on('Network.loadingFailed', (event) => this.#fail(event));
		// What sends is a thread of the page, and tells of its own requests.
		session.on('Target.attachedToTarget', ({ sessionId }) => {
			this.#threads.add(sessionId);
			this.#tell(sessionId, 'Network.enable', { maxPostDataSize: NO_BODIES });
			this.#tell(sessionId, 'Runtime.runIfWaitingForDebugger');
		});
		session.on('Target.detachedFromTarget', ({ sessionId }) => this.#threads.delete(sessionId));
		session.on('Target.receivedMessageFromTarget', ({ message }) => {
			const { method, params } = JSON.parse(message) as { method?: string; params: never };
			if (method === 'Network.requestWillBeSent') this.#begin(params);
			else if (method === 'Network.responseReceived') this.#answer(params);
			else if (method === 'Network.loadingFailed') this.#fail(params);
		});
	}

	/** Of large bodies the browser makes a copy even when it tells nothing of them. */
	async stop(): Promise<void> {
		await this.#session.send('Network.disable');
		for (const sessionId of this.#threads) this.#tell(sessionId, 'Network.disable');
	}

	#tell(sessionId: string, method: string, params = {}) {
		const message = JSON.stringify({ id: (this.#told += 1), method, params });
		// A thread that ended meanwhile has nothing more to tell.
		this.#session.send('Target.sendMessageToTarget', { sessionId, message }).catch(() => {});
	}

	#begin({ requestId, request, timestamp, wallTime }: Begun) {
		if (!request.url.startsWith('http')) return;
		this.#began.set(requestId, timestamp);
		this.#exchanges.set(requestId, {
			method: request.method,
			path: new URL(request.url).pathname,
			beganAt: wallTime * 1000,
			endedAt: null,
			status: null,
			failure: null
		});
	}

	#answer({ requestId, response, timestamp }: Answered) {
		this.#end(requestId, timestamp, { status: response.status, failure: null });
	}

	#fail({ requestId, timestamp, errorText, canceled }: Failed) {
		const failure = canceled ? 'cancelled' : errorText;
		this.#end(requestId, timestamp, { status: null, failure });
	}

	/** What began since then. */
	since(time: number): readonly Exchange[] {
		return this.#exchanges
			.values()
			.filter(({ beganAt }) => beganAt >= time)
			.toArray();
	}

	/** Resolves once the last upload was answered. */
	async settled(): Promise<void> {
		const deadline = Date.now() + SETTLED_WITHIN_MS;
		const isOpen = (each: Exchange) => isUpload(each) && each.endedAt === null;
		while (this.#exchanges.values().some(isOpen) && Date.now() < deadline) await sleep(SETTLING_MS);
	}

	#end(requestId: string, timestamp: number, outcome: Pick<Exchange, 'status' | 'failure'>) {
		const exchange = this.#exchanges.get(requestId);
		const began = this.#began.get(requestId);
		// An answer that nobody reads to its end is cancelled afterwards.
		if (!exchange || began === undefined || exchange.endedAt !== null) return;
		const endedAt = exchange.beganAt + (timestamp - began) * 1000;
		Object.assign(exchange, { endedAt, ...outcome });
	}
}

/** Carries bytes of a file, or makes room for them. */
export function isUpload({ path }: Exchange): boolean {
	return path.startsWith('/files/');
}

export function isRegistration({ method, path }: Exchange): boolean {
	return method === 'POST' && path === '/api/uploads';
}

/** The page asks how things stand, or for what it shows; its own code and pictures do not count. */
export function isStatus(exchange: Exchange): boolean {
	const { path } = exchange;
	const isPart = path.startsWith('/_app/') || path.startsWith('/media/') || /\.svg$/.test(path);
	return !isUpload(exchange) && !isRegistration(exchange) && !isPart;
}

/** How many were open at the same moment, for each at its beginning. */
export function inFlight(exchanges: readonly Exchange[]): number[] {
	const began = exchanges.map(({ beganAt }) => beganAt).toSorted((a, b) => a - b);
	const ended = exchanges.map(({ endedAt }) => endedAt ?? Infinity).toSorted((a, b) => a - b);
	let over = 0;
	return began.map((at, before) => {
		while ((ended[over] ?? Infinity) <= at) over += 1;
		return before + 1 - over;
	});
}

/** The most that began within any second. */
export function busiestSecond(exchanges: readonly Exchange[]): number {
	const began = exchanges.map(({ beganAt }) => beganAt).toSorted((a, b) => a - b);
	let first = 0;
	return began.reduce((busiest, at, last) => {
		while ((began[first] ?? at) < at - 1000) first += 1;
		return Math.max(busiest, last - first + 1);
	}, 0);
}

/** When the last byte was answered for; null when nothing was. */
export function lastStored(exchanges: readonly Exchange[]): number | null {
	const stored = exchanges.flatMap(({ endedAt, status }) =>
		endedAt !== null && status !== null && status < 300 ? [endedAt] : []
	);
	return stored.length === 0 ? null : Math.max(...stored);
}
