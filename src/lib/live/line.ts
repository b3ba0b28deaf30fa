import type ReconnectingWebSocket from 'partysocket/ws';
import { pollLive } from './api.ts';
import { LiveClient, type LiveSocket, type Road } from './client.ts';
import { Sequence, type SequenceOptions } from './sequence.ts';
import { LiveTabs, type TabChannel } from './tabs.ts';

/** The two together stay below 16 s: so long after a restart the channel is back, even when a try hung in between. */
const CONNECT_MS = 8_000;
const LONGEST_WAIT_MS = 7_000;

interface LineParts extends SequenceOptions {
	/** Whose tabs share one line; without it this tab has its own. */
	personId: string | undefined;
	/** Ends it. */
	signal: AbortSignal;
	onroad: (road: Road | 'mirror') => void;
}

/** Opens a tab's line to the server, its own or by way of another tab. */
export async function openLine({ personId, signal, onroad, ...sequence }: LineParts) {
	// Where the socket's part does not load, polling has to do.
	const socket = await import('partysocket/ws').catch(() => null);
	if (signal.aborted) return;
	const parts = {
		open: () => socket && openSocket(socket.default),
		poll: pollLive,
		sequence: new Sequence(sequence),
		onroad
	};
	// Plain http has no locks: there each tab is on its own.
	const isShared = personId !== undefined && 'locks' in navigator;
	const line = isShared
		? new LiveTabs({
				...parts,
				name: `segue-live:${personId}`,
				locks: navigator.locks,
				openChannel: (name) => new BroadcastChannel(name) as TabChannel
			})
		: new LiveClient(parts);
	signal.addEventListener('abort', line.start());
	addEventListener('online', () => line.wake('online'), { signal });
	const visible = () => document.visibilityState === 'visible' && line.wake('visible');
	document.addEventListener('visibilitychange', visible, { signal });
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
