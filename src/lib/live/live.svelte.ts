import { createContext } from 'svelte';
import type { ServerEvent } from '#contracts/live';
import type { Road } from './client.ts';
import type { openLine } from './line.ts';

interface Options {
	/** Visitors who are not signed in never load the line. Null when it is not wanted any more. */
	load: (signal: AbortSignal) => Promise<{ openLine: typeof openLine } | null>;
	onevents: (events: readonly ServerEvent[]) => void;
	/** The portal said its first word. */
	onfirst: () => void;
}

/** The one status channel of a browser, as the page sees it. */
export class Live {
	#channel = $state.raw<Road | 'mirror'>('none');
	readonly #options: Options;

	constructor(options: Options) {
		this.#options = options;
	}

	/** How news come to this tab: `mirror` means by way of another one. */
	get channel() {
		return this.#channel;
	}

	/**
	 * Opens the channel; returns what closes it.
	 * @param personId whose tabs share one line; without it this tab has its own
	 * @param from the number of the last event that what the page shows contains
	 */
	start(personId?: string, from: number | null = null): () => void {
		const over = new AbortController();
		void this.#open(over.signal, personId, from);
		return () => over.abort();
	}

	async #open(signal: AbortSignal, personId: string | undefined, from: number | null) {
		const loaded = await this.#options.load(signal);
		await loaded?.openLine({
			...{ personId, from, signal },
			onevents: this.#options.onevents,
			onfirst: this.#options.onfirst,
			onroad: (road) => (this.#channel = road)
		});
	}
}

export const [useLive, provideLive] = createContext<Live>();
