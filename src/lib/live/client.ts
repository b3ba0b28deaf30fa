import * as v from 'valibot';
import { LiveMessage } from '#contracts/live';
import { later } from './later.ts';
import { Polling, type Poll } from './polling.ts';
import type { Continued, Sequence } from './sequence.ts';

/** A link that is full of an upload answers late; longer than this nobody answers. */
const GREETING_MS = 10_000;
/** The server says something every 25 s, or within 50 s when it said something just before. */
const SILENCE_MS = 65_000;
/** Who comes back to the page does not wait for the rest of that time. */
const DOUBTFUL_SILENCE_MS = 30_000;
/** A timer stands still while the computer sleeps: soon after it wakes, the clock on the wall is asked. */
const LOOK_MS = 10_000;
/** Without a socket for longer than this, the same is asked for over HTTP. */
const GRACE_MS = 3_000;

/** How news come in. */
export type Road = 'socket' | 'polling' | 'none';

/** The part of a websocket that is used here. It reconnects by itself, and says `onclose` for each try that failed. */
export interface LiveSocket {
	send(data: string): void;
	close(): void;
	onopen: ((event: never) => void) | null;
	onmessage: ((event: { data: unknown }) => void) | null;
	onclose: ((event: never) => void) | null;
}

export interface LiveOptions {
	/** Begins to connect, and goes on trying until it is closed. Null where there are no sockets. */
	open: () => LiveSocket | null;
	poll: Poll;
	/** What this page has heard; it hands the events over. */
	sequence: Sequence;
	/** Whatever the server said, news or not, after it was heard; what cannot be joined to the rest is not said. */
	onmessage?: (message: Continued) => void;
	onroad?: (road: Road) => void;
}

/**
 * One page's line to the server: a socket, and polling for as long as there is none. The socket counts from the
 * server's first word on, because some proxies open it and let nothing through.
 */
export class LiveClient {
	readonly #options: LiveOptions;
	readonly #polling: Polling;
	#socket: LiveSocket | null = null;
	/** The number up to which this socket has told everything. */
	#told: number | null = null;
	#road: Road = 'none';
	#heardAt = 0;
	#endWatch = () => {};
	#endGrace: (() => void) | null = null;

	constructor(options: LiveOptions) {
		const { poll, sequence } = options;
		this.#options = options;
		this.#polling = new Polling({
			poll,
			since: () => sequence.seq,
			onanswer: (message) => {
				this.#take('polling');
				this.#hear(message);
			},
			onfailure: () => this.#take('none')
		});
	}

	/** Opens the channel; returns what closes it. */
	start(): () => void {
		this.#connect();
		return () => {
			this.#hangUp();
			this.#settle();
			this.#take('none');
		};
	}

	/** The network is another one, or somebody looks at the page again: what seems open may be dead. */
	wake(why: 'online' | 'visible') {
		const silence = Date.now() - this.#heardAt;
		if (this.#road === 'socket' && why === 'visible' && silence < DOUBTFUL_SILENCE_MS) return;
		this.#connect();
		this.#polling.hurry();
	}

	/** Begins anew: the next greeting asks for what follows where we stand. */
	#connect() {
		this.#hangUp();
		this.#lose();
		const socket = this.#options.open();
		if (!socket) return;
		this.#socket = socket;
		socket.onopen = () => {
			this.#told = this.#options.sequence.seq;
			socket.send(JSON.stringify({ since: this.#told }));
			this.#watch(GREETING_MS);
		};
		socket.onclose = () => this.#lose();
		socket.onmessage = ({ data }) => {
			const message = parse(data);
			if (!message) return;
			const after = this.#told;
			this.#told = message.seq;
			this.#settle();
			this.#take('socket');
			this.#watch(SILENCE_MS);
			// An answer of the polling came in between.
			if (this.#hear({ after, ...message }) === 'gap') this.#connect();
		};
	}

	#hangUp() {
		this.#endWatch();
		const socket = this.#socket;
		this.#socket = null;
		if (!socket) return;
		socket.onopen = socket.onmessage = socket.onclose = null;
		socket.close();
	}

	/** There is no socket now: it has a moment to come back. */
	#lose() {
		this.#endWatch();
		if (this.#road === 'socket') this.#take('none');
		this.#endGrace ??= later(GRACE_MS, () => this.#polling.start());
	}

	/** Nothing is asked for any more. */
	#settle() {
		this.#endGrace?.();
		this.#endGrace = null;
		this.#polling.stop();
	}

	/** The server has this long for its next word. */
	#watch(milliseconds: number) {
		this.#endWatch();
		this.#heardAt = Date.now();
		const look = () => {
			const rest = this.#heardAt + milliseconds - Date.now();
			if (rest > 0) this.#endWatch = later(Math.min(LOOK_MS, rest), look);
			else this.#connect();
		};
		look();
	}

	#hear(message: Continued) {
		const outcome = this.#options.sequence.hear(message);
		if (outcome !== 'gap') this.#options.onmessage?.(message);
		return outcome;
	}

	#take(road: Road) {
		if (road === this.#road) return;
		this.#road = road;
		this.#options.onroad?.(road);
	}
}

/** Null for what a portal of another version says, or a proxy. */
function parse(data: unknown): LiveMessage | null {
	try {
		const { success, output } = v.safeParse(LiveMessage, JSON.parse(String(data)));
		return success ? output : null;
	} catch {
		return null; // not JSON
	}
}
