import { createContext } from 'svelte';
import type { ServerEvent } from '#contracts/live';
import { createUploadApi } from './api.ts';
import type { Dropped } from './entry.ts';
import { BrowserJournal } from './journal.ts';
import { UploadQueue, type Batch } from './queue.ts';
import { TusTransport } from './transport.ts';
import { EMPTY, type Summary, type Upload } from './upload.ts';

/** How often the screen may learn of progress: ten thousand files cost one write, not one for each. */
const BEAT_MS = 250;

/** On HTTP/1.1 a browser has six connections to a host: three stay free for pages and audio. */
const LANES = { h1: 3, multiplexed: 4 };

/** What the page sees of the queue. */
export class Uploader {
	#all = $state.raw<readonly Upload[]>([]);
	#summary = $state.raw<Summary>(EMPTY);
	readonly #onbatch: (batch: Batch) => void;
	#queue: UploadQueue | null = null;
	#beat: ReturnType<typeof setTimeout> | null = null;

	constructor({ onbatch = () => {} }: { onbatch?: (batch: Batch) => void } = {}) {
		this.#onbatch = onbatch;
	}

	/** Every file of this visit, in the order it came. */
	get all() {
		return this.#all;
	}
	get summary() {
		return this.#summary;
	}

	/** Opens this person's queue in the browser, as the last visit left it; returns what closes it. */
	start(personId: string): () => void {
		const queue = new UploadQueue({
			// Until there are release drafts to publish from, what is sent is for everybody.
			api: createUploadApi({ publish: true }),
			transport: new TusTransport({ base: location.origin }),
			lanes: protocol() === 'http/1.1' ? LANES.h1 : LANES.multiplexed,
			onchange: () => this.#change(),
			onbatch: this.#onbatch
		});
		this.#queue = queue;
		const leading = new AbortController();
		void whenLeading(personId, leading.signal, () => queue.lead(new BrowserJournal(personId)));
		const online = () => queue.resume();
		const leave = (event: BeforeUnloadEvent) => {
			if (this.#summary.active && this.#summary.sent < this.#summary.files) event.preventDefault();
		};
		addEventListener('online', online);
		addEventListener('beforeunload', leave);
		return () => {
			removeEventListener('online', online);
			removeEventListener('beforeunload', leave);
			if (this.#beat) clearTimeout(this.#beat);
			this.#beat = null;
			queue.close();
			leading.abort();
			this.#queue = null;
			this.#all = [];
			this.#summary = EMPTY;
		};
	}

	add(files: Iterable<Dropped>) {
		this.#queue?.add(files);
		this.#show(); // a person who drops something sees it at once
	}
	cancel(key: string) {
		this.#queue?.cancel(key);
		this.#show();
	}
	cancelAll() {
		this.#queue?.cancelAll();
		this.#show();
	}
	retry(key: string) {
		this.#queue?.retry(key);
		this.#show();
	}
	retryFailed() {
		this.#queue?.retryFailed();
		this.#show();
	}
	clearFinished() {
		this.#queue?.clearFinished();
		this.#show();
	}
	/** The person signed in again, or does not want to wait for the next try. */
	resume() {
		this.#queue?.resume();
	}

	/** Asks what became of the files, after news may have been missed. */
	catchUp() {
		void this.#queue?.catchUp().catch(() => {
			// The portal did not answer; the next news says it.
		});
	}

	hear(events: readonly ServerEvent[]) {
		this.#queue?.hear(events);
		if (events.some(({ type }) => type === 'reset')) this.catchUp();
	}

	#change() {
		this.#beat ??= setTimeout(() => this.#show(), BEAT_MS);
	}

	#show() {
		if (this.#beat) clearTimeout(this.#beat);
		this.#beat = null;
		if (!this.#queue) return;
		this.#all = this.#queue.all;
		this.#summary = this.#queue.summary;
	}
}

/**
 * One tab at a time is the one that is remembered; the next takes over when it closes. Without locks, as on plain
 * http, each tab takes itself for it.
 */
async function whenLeading(personId: string, signal: AbortSignal, lead: () => Promise<void>) {
	try {
		if (!('locks' in navigator)) return await lead();
		await navigator.locks.request(`segue-uploads:${personId}`, { signal }, async () => {
			await lead().catch(() => {}); // the portal did not answer; what it knows comes with the next news
			// Held until this tab is over.
			await new Promise((resolve) => signal.addEventListener('abort', resolve));
		});
	} catch (error) {
		if (!signal.aborted) throw error;
	}
}

function protocol(): string {
	const [navigation] = performance.getEntriesByType('navigation');
	return navigation instanceof PerformanceNavigationTiming ? navigation.nextHopProtocol : '';
}

export const [useUploader, provideUploader] = createContext<Uploader>();
