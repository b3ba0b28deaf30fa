const NAME = 'segue.player';

type Channel = Pick<BroadcastChannel, 'postMessage' | 'close' | 'onmessage'>;

/** Of all tabs of this portal one plays: where sound begins, the others are told. */
export class OneTab {
	readonly #channel: Channel | null;

	/** @param onelsewhere another tab began to play */
	constructor(onelsewhere: () => void, open: () => Channel | null = openChannel) {
		this.#channel = open();
		if (this.#channel) this.#channel.onmessage = onelsewhere;
	}

	/** This tab begins to play. */
	claim() {
		this.#channel?.postMessage('playing');
	}

	close() {
		this.#channel?.close();
	}
}

function openChannel(): Channel | null {
	return typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(NAME);
}
