import * as v from 'valibot';
import { LiveMessage } from '#contracts/live';
import { LiveClient, type LiveOptions, type Road } from './client.ts';
import { later } from './later.ts';
import type { Continued } from './sequence.ts';

/** The tab that has the channel passes on the server's keep-alive, which comes within 50 s. */
const SILENCE_MS = 70_000;
/** A tab that is awake answers at once, unless it is very busy. */
const ANSWER_MS = 5_000;

/** What the tab that has the channel says to the others. */
const Told = v.object({
	kind: v.literal('told'),
	road: v.picklist(['socket', 'polling', 'none']),
	/** Null until it knows where "now" is. */
	message: v.nullable(v.object({ ...LiveMessage.entries, after: v.nullable(v.number()) }))
});
/** A tab wants to know where the channel stands. */
const Asked = v.object({ kind: v.literal('asked') });
const TabMessage = v.variant('kind', [Told, Asked]);
type TabMessage = v.InferOutput<typeof TabMessage>;

/** The part of Web Locks that is used here. */
export interface TabLocks {
	request(
		name: string,
		options: { signal?: AbortSignal; steal?: boolean },
		held: () => Promise<void>
	): Promise<unknown>;
}

/** The part of a BroadcastChannel that is used here. */
export interface TabChannel {
	postMessage(message: unknown): void;
	close(): void;
	onmessage: ((event: { data: unknown }) => void) | null;
}

export interface TabsOptions extends Omit<LiveOptions, 'onmessage' | 'onroad'> {
	/** Of the lock and of the channel: one for each person. */
	name: string;
	locks: TabLocks;
	openChannel: (name: string) => TabChannel;
	onroad?: (road: Road | 'mirror') => void;
}

/**
 * One tab of a browser has the line to the server, the others mirror it. When it closes, the next one takes the lock
 * and asks for what follows the last number it heard. A tab that sleeps with the lock in its hand loses it.
 */
export class LiveTabs {
	readonly #options: TabsOptions;
	readonly #channel: TabChannel;
	readonly #ending = new AbortController();
	#client: LiveClient | null = null;
	/** How the tab that has the line gets its news. */
	#road: Road = 'none';
	#endLead = () => {};
	#turn = new AbortController();
	#takesOver = false;
	#endWait = () => {};
	/** The highest number that the others spoke of. */
	#known = -1;
	#isCatchingUp = false;

	constructor(options: TabsOptions) {
		this.#options = options;
		this.#channel = options.openChannel(options.name);
	}

	/** Joins the other tabs; returns what leaves them. */
	start(): () => void {
		this.#channel.onmessage = ({ data }) => {
			const { success, output } = v.safeParse(TabMessage, data);
			if (success) this.#overhear(output); // else a tab of another version
		};
		this.#ask();
		void this.#queue();
		return () => {
			this.#ending.abort();
			this.#turn.abort();
			this.#endWait();
			this.#endLead();
			this.#channel.close();
			this.#options.onroad?.('none');
		};
	}

	/** The network is another one, or somebody looks at the page again. */
	wake(why: 'online' | 'visible') {
		if (this.#client) this.#client.wake(why);
		else this.#ask();
	}

	async #queue() {
		const { name, locks } = this.#options;
		while (!this.#ending.signal.aborted) {
			this.#turn = new AbortController();
			const options = this.#takesOver ? { steal: true } : { signal: this.#turn.signal };
			this.#takesOver = false;
			try {
				await locks.request(name, options, () => this.#lead());
			} catch (error) {
				const isOver = error instanceof Error && error.name === 'AbortError';
				// This browser gives no locks after all: each tab for itself.
				if (!isOver) await this.#lead();
			}
			if (this.#client) this.#follow(); // another tab took the lock
		}
	}

	/** Settles when this tab does not have the line any more. */
	#lead(): Promise<void> {
		if (this.#ending.signal.aborted) return Promise.resolve();
		return new Promise((resolve) => {
			this.#endWait();
			this.#takesOver = false;
			this.#road = 'none';
			const { onroad } = this.#options;
			onroad?.('none'); // what the other tab had is gone
			const client = new LiveClient({
				...this.#options,
				onmessage: (message) => this.#tell(message),
				onroad: (road) => {
					this.#road = road;
					onroad?.(road);
					this.#tellState();
				}
			});
			this.#client = client;
			const close = client.start();
			this.#endLead = () => {
				this.#endLead = () => {};
				this.#client = null;
				close();
				resolve();
			};
			this.#tellState();
		});
	}

	#follow() {
		this.#endLead();
		this.#ask();
	}

	#tell(message: Continued | null) {
		this.#post({ kind: 'told', road: this.#road, message });
	}

	#tellState() {
		const { seq } = this.#options.sequence;
		if (this.#client) this.#tell(seq === null ? null : { after: seq, seq, events: [] });
	}

	#ask() {
		this.#post({ kind: 'asked' });
		this.#wait(ANSWER_MS, () => {
			this.#takesOver = true;
			this.#turn.abort();
		});
	}

	#overhear(said: TabMessage) {
		if (this.#client) {
			if (said.kind === 'asked') this.#tellState();
			return;
		}
		if (said.kind === 'asked') return;
		this.#wait(SILENCE_MS, () => this.#ask());
		this.#options.onroad?.(said.road === 'none' ? 'none' : 'mirror');
		if (said.message && this.#options.sequence.hear(said.message) === 'gap') {
			this.#known = Math.max(this.#known, said.message.seq);
			void this.#catchUp();
		}
	}

	/** This tab slept through something: it asks the server itself, once. */
	async #catchUp() {
		const { poll, sequence } = this.#options;
		if (this.#isCatchingUp) return;
		this.#isCatchingUp = true;
		try {
			for (let after = sequence.seq; after !== null && after < this.#known;) {
				const message = await poll(after, this.#ending.signal);
				// It may have come to lead meanwhile, and to know more.
				if (this.#ending.signal.aborted || sequence.hear({ after, ...message }) !== 'heard') return;
				after = sequence.seq;
			}
		} catch {
			// The portal does not answer: with the next word of the other tab it is asked again.
		} finally {
			this.#known = -1;
			this.#isCatchingUp = false;
		}
	}

	#wait(milliseconds: number, run: () => void) {
		this.#endWait();
		this.#endWait = later(milliseconds, run);
	}

	#post(message: TabMessage) {
		if (!this.#ending.signal.aborted) this.#channel.postMessage(message);
	}
}
