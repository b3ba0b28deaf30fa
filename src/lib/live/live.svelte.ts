import type ReconnectingWebSocket from 'partysocket/ws';
import { createContext } from 'svelte';
import type { ServerEvent } from '#contracts/live';
import { askRoundTrip, pollLive } from './api.ts';
import { LiveClient, type LiveSocket, type Road, type RoundTrip } from './client.ts';
import { Sequence } from './sequence.ts';
import { LiveTabs, type TabChannel } from './tabs.ts';

/** The two together stay below 16 s: so long after a restart the channel is back, even when a try hung in between. */
const CONNECT_MS = 8_000;
const LONGEST_WAIT_MS = 7_000;

/** A request costs more than a frame on a socket. */
const ASK_MS = 200;

interface Options {
	onevents: (events: readonly ServerEvent[]) => void;
	/** The portal said its first word. */
	onfirst: () => void;
}

/** The one status channel of a browser, as the page sees it. */
export class Live {
	#channel = $state.raw<Road | 'mirror'>('none');
	readonly #options: Options;
	#line: Pick<LiveClient, 'ping'> | null = null;
	#askedAt = -Infinity;

	constructor(options: Options) {
		this.#options = options;
	}

	/** How news come to this tab: `mirror` means by way of another one. */
	get channel() {
		return this.#channel;
	}
	get connected() {
		return this.#channel !== 'none';
	}

	/**
	 * Opens the channel; returns what closes it.
	 * @param personId whose tabs share one line; without it this tab has its own
	 * @param from the number of the last event that what the page shows contains
	 */
	start(personId?: string, from: number | null = null): () => void {
		let isOver = false;
		let close = () => {};
		// Visitors who are not signed in never load it. Where it does not load, polling has to do.
		void import('partysocket/ws').then(
			({ default: Socket }) => {
				if (!isOver) close = this.#join(() => openSocket(Socket), personId, from);
			},
			() => {
				if (!isOver) close = this.#join(() => null, personId, from);
			}
		);
		return () => {
			isOver = true;
			close();
		};
	}

	/**
	 * How long the portal takes to answer this page now. Over HTTP and more seldom where this tab has no socket of its
	 * own; null in between.
	 */
	async ping(): Promise<RoundTrip | null> {
		const trip = await this.#line?.ping();
		if (trip || performance.now() - this.#askedAt < ASK_MS) return trip ?? null;
		this.#askedAt = performance.now();
		return askRoundTrip();
	}

	#join(
		open: () => LiveSocket | null,
		personId: string | undefined,
		from: number | null
	): () => void {
		const parts = {
			open,
			poll: pollLive,
			sequence: new Sequence({ ...this.#options, from }),
			onroad: (road: Road | 'mirror') => (this.#channel = road)
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
		const leave = line.start();
		this.#line = line;
		const online = () => line.wake('online');
		const visible = () => document.visibilityState === 'visible' && line.wake('visible');
		addEventListener('online', online);
		document.addEventListener('visibilitychange', visible);
		return () => {
			removeEventListener('online', online);
			document.removeEventListener('visibilitychange', visible);
			this.#line = null;
			leave();
		};
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

export const [useLive, provideLive] = createContext<Live>();
