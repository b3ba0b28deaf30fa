import ReconnectingWebSocket from 'partysocket/ws';
import { createContext } from 'svelte';
import * as v from 'valibot';
import { LiveMessage, type ServerEvent } from '#contracts/live';
import { LiveClient, type LiveSocket } from './client.ts';

/** The one websocket of a page, as the page sees it. */
export class Live {
	#connected = $state.raw(false);
	readonly #onevents: (events: readonly ServerEvent[]) => void;

	constructor({ onevents }: { onevents: (events: readonly ServerEvent[]) => void }) {
		this.#onevents = onevents;
	}

	get connected() {
		return this.#connected;
	}

	start(): () => void {
		const client = new LiveClient({
			open: openSocket,
			parse: (data) => v.parse(LiveMessage, JSON.parse(String(data))),
			onevents: this.#onevents,
			onconnection: (isConnected) => (this.#connected = isConnected)
		});
		return client.start();
	}
}

function openSocket(): LiveSocket {
	const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
	return new ReconnectingWebSocket(`${scheme}//${location.host}/live`, [], {
		// What was said to a dead socket is not said again: the greeting asks for everything missed.
		maxEnqueuedMessages: 0,
		minReconnectionDelay: 500,
		maxReconnectionDelay: 15_000
	}) as LiveSocket;
}

export const [useLive, provideLive] = createContext<Live>();
