import type { LiveMessage, ServerEvent } from '#contracts/live';

/** The part of a websocket that is used here; partysocket brings the reconnecting. */
export interface LiveSocket {
	send(data: string): void;
	close(): void;
	onopen: ((event: never) => void) | null;
	onmessage: ((event: { data: unknown }) => void) | null;
	onclose: ((event: never) => void) | null;
}

export interface LiveOptions {
	open: () => LiveSocket;
	parse: (data: unknown) => LiveMessage;
	onevents: (events: readonly ServerEvent[]) => void;
	onconnection?: (isConnected: boolean) => void;
	/** The channel was opened for the first time: what happened before it is not among its events. */
	onfirst?: () => void;
}

/** Hands over each event once, in order, whatever happens to the socket. */
export class LiveClient {
	readonly #options: LiveOptions;
	/** Null until the server said where "now" is. */
	#seq: number | null = null;

	constructor(options: LiveOptions) {
		this.#options = options;
	}

	/** Opens the channel; returns what closes it. */
	start(): () => void {
		const { open, parse, onevents, onconnection, onfirst } = this.#options;
		const socket = open();
		socket.onopen = () => {
			socket.send(JSON.stringify({ since: this.#seq }));
			onconnection?.(true);
		};
		socket.onclose = () => onconnection?.(false);
		socket.onmessage = ({ data }) => {
			const { seq, events } = parse(data);
			const isReset = events.some(({ type }) => type === 'reset');
			// A replay repeats what we have seen; only a reset may count backwards.
			if (this.#seq !== null && seq <= this.#seq && !isReset) return;
			const isFirst = this.#seq === null;
			this.#seq = seq;
			if (isFirst) onfirst?.();
			if (events.length > 0) onevents(events);
		};
		return () => {
			socket.onopen = socket.onmessage = socket.onclose = null;
			socket.close();
		};
	}
}
