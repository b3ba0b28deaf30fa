import type ReconnectingWebSocket from 'partysocket/ws';
import { askRoundTrip, pollLive } from './api.ts';
import { LiveClient, type LiveSocket, type Road, type RoundTrip } from './client.ts';
import { Sequence, type SequenceOptions } from './sequence.ts';
import { LiveTabs, type TabChannel } from './tabs.ts';

/** The two together stay below 16 s: so long after a restart the channel is back, even when a try hung in between. */
const CONNECT_MS = 8_000;
const LONGEST_WAIT_MS = 7_000;

/** A request costs more than a frame on a socket. */
const ASK_MS = 200;

interface LineParts extends SequenceOptions {
	/** Whose tabs share one line; without it this tab has its own. */
	personId: string | undefined;
	/** Ends it. */
	signal: AbortSignal;
	onroad: (road: Road | 'mirror') => void;
}

/** A tab's line to the server, its own or by way of another tab. */
export class Line {
	readonly #line: LiveClient | LiveTabs;
	#askedAt = -Infinity;

	/** Where the socket's part does not load, polling has to do. */
	static async open(parts: LineParts): Promise<Line | null> {
		const socket = await import('partysocket/ws').catch(() => null);
		if (parts.signal.aborted) return null;
		return new Line(() => socket && openSocket(socket.default), parts);
	}

	private constructor(
		open: () => LiveSocket | null,
		{ personId, signal, onroad, ...sequence }: LineParts
	) {
		const parts = { open, poll: pollLive, sequence: new Sequence(sequence), onroad };
		// Plain http has no locks: there each tab is on its own.
		const isShared = personId !== undefined && 'locks' in navigator;
		const line = (this.#line = isShared
			? new LiveTabs({
					...parts,
					name: `segue-live:${personId}`,
					locks: navigator.locks,
					openChannel: (name) => new BroadcastChannel(name) as TabChannel
				})
			: new LiveClient(parts));
		signal.addEventListener('abort', line.start());
		addEventListener('online', () => line.wake('online'), { signal });
		const visible = () => document.visibilityState === 'visible' && line.wake('visible');
		document.addEventListener('visibilitychange', visible, { signal });
	}

	/** Over HTTP and more seldom where this tab has no socket of its own; null in between. */
	async ping(): Promise<RoundTrip | null> {
		const trip = await this.#line.ping();
		if (trip || performance.now() - this.#askedAt < ASK_MS) return trip ?? null;
		this.#askedAt = performance.now();
		return askRoundTrip();
	}
}

function openSocket(Socket: typeof ReconnectingWebSocket): LiveSocket {
	const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
	// Scattered, so that after a restart not all pages come back in the same moment.
	const scatter = 0.5 + Math.random() / 2;
	return new Socket(`${scheme}//${location.host}/live`, [], {
		// What was said to a dead socket is not said again: the greeting asks for everything missed.
		maxEnqueuedMessages: 0,
		connectionTimeout: CONNECT_MS,
		minReconnectionDelay: 1_000 * scatter,
		reconnectionDelayGrowFactor: 1.6,
		maxReconnectionDelay: LONGEST_WAIT_MS * scatter
	}) as LiveSocket;
}
