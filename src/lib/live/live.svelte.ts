import type ReconnectingWebSocket from 'partysocket/ws';
import { createContext } from 'svelte';
import * as v from 'valibot';
import { LiveMessage, type ServerEvent } from '#contracts/live';
import { LiveClient, type LiveSocket } from './client.ts';

/** The one websocket of a page, as the page sees it. */
export class Live {
	#connected = $state.raw(false);
	readonly #onevents: (events: readonly ServerEvent[]) => void;

	readonly #onfirst: () => void;

	constructor({
		onevents,
		onfirst
	}: {
		onevents: (events: readonly ServerEvent[]) => void;
		/** Opened for the first time: what happened before is not among the events. */
		onfirst: () => void;
	}) {
		this.#onevents = onevents;
		this.#onfirst = onfirst;
	}

	get connected() {
		return this.#connected;
	}

	/** Opens the channel; returns what closes it. */
	start(): () => void {
		let isOver = false;
		let close = () => {};
		// Visitors who are not signed in never load it.
		void import('partysocket/ws').then(({ default: Socket }) => {
			if (!isOver) close = this.#connect(Socket);
		});
		return () => {
			isOver = true;
			close();
		};
	}

	#connect(Socket: typeof ReconnectingWebSocket): () => void {
		const client = new LiveClient({
			open: () => openSocket(Socket),
			parse: (data) => v.parse(LiveMessage, JSON.parse(String(data))),
			onevents: this.#onevents,
			onfirst: this.#onfirst,
			onconnection: (isConnected) => (this.#connected = isConnected)
		});
		return client.start();
	}
}

function openSocket(Socket: typeof ReconnectingWebSocket): LiveSocket {
	const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
	return new Socket(`${scheme}//${location.host}/live`, [], {
		// What was said to a dead socket is not said again: the greeting asks for everything missed.
		maxEnqueuedMessages: 0,
		minReconnectionDelay: 500,
		maxReconnectionDelay: 15_000
	}) as LiveSocket;
}

export const [useLive, provideLive] = createContext<Live>();
