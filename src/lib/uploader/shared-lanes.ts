/** A tab in the background may have its timers run once a minute. */
const FORGET_MS = 70_000;
const REPEAT_MS = 20_000;
/** Between two files there are moments when nothing is on its way: whoever leaves for good is quiet for longer. */
const QUIET_MS = 1_000;

/** What tabs tell each other: whether one of them sends. */
interface Word {
	tab: string;
	sends: boolean;
}

/** The part of a BroadcastChannel that is used here. */
export interface LanesChannel {
	postMessage(word: Word): void;
	onmessage: ((event: { data: Word }) => void) | null;
	close(): void;
}

interface SharedLanesOptions {
	channel: LanesChannel;
	/** This tab's name among the others; no two are the same. */
	tab: string;
	/** Requests of all tabs together. */
	most: number;
	/** How many of them are this tab's now. */
	onshare: (requests: number) => void;
	now?: () => number;
}

/**
 * A browser has six connections to a host on HTTP/1.1, for all its tabs together. Where tabs cannot agree on one that
 * sends for all (browsers give locks to secure pages only), those that send divide the requests among themselves.
 */
export class SharedLanes {
	readonly #options: Required<SharedLanesOptions>;
	/** Tabs that send, and when they last said so. */
	readonly #others = new Map<string, number>();
	#sends = false;
	#repeating: ReturnType<typeof setInterval> | null = null;
	#leaving: ReturnType<typeof setTimeout> | null = null;
	#share: number;

	constructor({ now = () => performance.now(), ...options }: SharedLanesOptions) {
		this.#options = { ...options, now };
		this.#share = options.most;
		options.channel.onmessage = ({ data }) => this.#hear(data);
		// Whoever sends already says so, before this tab has anything to send.
		options.channel.postMessage({ tab: options.tab, sends: false });
	}

	/** This tab has something to send, or has no longer. */
	set sends(sends: boolean) {
		if (this.#leaving) clearTimeout(this.#leaving);
		this.#leaving = sends ? null : setTimeout(() => this.#become(false), QUIET_MS);
		if (sends) this.#become(true);
	}

	#become(sends: boolean) {
		if (sends === this.#sends) return;
		this.#sends = sends;
		if (this.#repeating) clearInterval(this.#repeating);
		this.#repeating = sends ? setInterval(() => this.#say(), REPEAT_MS) : null;
		this.#say();
	}

	close() {
		if (this.#leaving) clearTimeout(this.#leaving);
		this.#become(false);
		this.#options.channel.close();
	}

	/** Also looks who is silent: a tab that sends does so every so often. */
	#say() {
		this.#options.channel.postMessage({ tab: this.#options.tab, sends: this.#sends });
		this.#divide();
	}

	#hear({ tab, sends }: Word) {
		const isNew = sends && !this.#others.has(tab);
		if (sends) this.#others.set(tab, this.#options.now());
		else this.#others.delete(tab);
		// A newcomer knows nobody yet.
		if ((isNew || !sends) && this.#sends) this.#say();
		else this.#divide();
	}

	/** By name, so that all come to the same result. Of more tabs than requests, the last wait for the first. */
	#divide() {
		const { now, most, tab, onshare } = this.#options;
		for (const [other, at] of this.#others) {
			if (now() - at > FORGET_MS) this.#others.delete(other);
		}
		const senders = [...this.#others.keys(), tab].sort();
		const extra = senders.indexOf(tab) < most % senders.length ? 1 : 0;
		const share = Math.floor(most / senders.length) + extra;
		if (share === this.#share) return;
		this.#share = share;
		onshare(share);
	}
}
