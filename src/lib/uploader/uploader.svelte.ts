import { createContext } from 'svelte';
import { albumFolder } from '#contracts/compilation';
import type { ServerEvent } from '#contracts/live';
import type { Description } from '#contracts/upload';
import { createUploadApi } from './api.ts';
import { BrowserJournal } from './browser-journal.ts';
import type { Commands } from './commands.ts';
import { holdPage } from './hold-page.ts';
import { coverKey, Inspector, type InspectWorker } from './inspector.ts';
import { LeadingTab } from './leading-tab.ts';
import type { Batch } from './list.ts';
import { watchMetered } from './metered.ts';
import { MirrorTab } from './mirror-tab.ts';
import { protocolOf } from './protocol.ts';
import { UploadQueue } from './queue.ts';
import type { RoundTrip, Wanted } from './pace.ts';
import { Roots, type DroppedFile } from './roots.ts';
import { SharedLanes, type LanesChannel } from './shared-lanes.ts';
import {
	leftOutWith,
	type CarriedFile,
	type Channel,
	type Settings,
	type Shown,
	type TabSide
} from './tabs.ts';
import { TusTransport } from './transport.ts';
import { EMPTY, type Upload } from './upload.ts';

/** How often the screen may learn of progress: ten thousand files cost one write, not one for each. */
const BEAT_MS = 250;
/** How often one looks whether another tab is there. */
const LOOK_MS = 1_000;

/** On HTTP/1.1 a browser has six connections to a host: two stay free for pages and audio. */
const LANES = { h1: { files: 4, requests: 4 }, multiplexed: { files: 4, requests: 12 } };

const NOTHING: Shown = {
	summary: EMPTY,
	settings: { limit: null, publishesAtOnce: false, isPaused: false },
	leftOut: { files: 0, endings: [] },
	link: null,
	isForgetful: false
};

/** What a browser remembers between visits, where it does. */
interface Storage {
	read(name: string): string | null;
	write(name: string, value: string): void;
}

/** What the page sees of the queue, in whichever tab it runs. */
export class Uploader {
	#all = $state.raw<readonly Upload[]>([]);
	#shown = $state.raw<Shown>(NOTHING);
	#leads = $state.raw(false);
	/** Addresses of small pictures by `coverKey`. */
	#covers = $state.raw<Readonly<Record<string, string>>>({});
	readonly #storage: Storage;
	readonly #onbatch: (batch: Batch) => void;
	readonly #onheld: () => void;
	readonly #probe: () => Promise<RoundTrip | null>;
	/** Another tab would go on if this one closed. */
	#isBacked = false;
	#lookedAt = 0;
	#lockName = '';
	#protocol = $state.raw('');
	#side: TabSide | null = null;
	#queue: UploadQueue | null = null;
	#roots: Roots | null = null;
	#beat: ReturnType<typeof setTimeout> | null = null;

	/**
	 * @param options.onheld a page load that would have ended the uploads was held back
	 * @param options.probe measures how long the portal takes to answer a page
	 */
	constructor({
		storage,
		onbatch,
		onheld,
		probe
	}: {
		storage: Storage;
		onbatch: (batch: Batch) => void;
		onheld: () => void;
		probe: () => Promise<RoundTrip | null>;
	}) {
		this.#probe = probe;
		this.#storage = storage;
		this.#onbatch = onbatch;
		this.#onheld = onheld;
	}

	/** Every file of this browser that is not off the list, in the order it came. */
	get all() {
		return this.#all;
	}
	get summary() {
		return this.#shown.summary;
	}
	/** This tab sends; the others show what it does, and may ask for everything too. */
	get leads() {
		return this.#leads;
	}
	/** Bytes a second, or null. */
	get limit() {
		return this.#shown.settings.limit;
	}
	/** What new files become: public as soon as they play, or drafts. */
	get publishesAtOnce() {
		return this.#shown.settings.publishesAtOnce;
	}
	/** What of the link is used, as far as that is measured. */
	get link() {
		return this.#shown.link;
	}
	/** What carries uploads, by its ALPN name; '' before it is known, and in tabs that do not send. */
	get protocol() {
		return this.#protocol;
	}
	/** What was sorted out while folders were walked. */
	get leftOut() {
		return this.#shown.leftOut;
	}

	/** Nothing of this visit is written down as yet. */
	get isForgetful() {
		return this.#shown.isForgetful;
	}

	/** A small picture of the release that a file belongs to, as an address; null when none was found. */
	coverOf({ path, tags, description }: Upload): string | null {
		const album = description.album ?? tags?.album ?? null;
		return (
			this.#covers[coverKey(path, tags?.album ?? album)] ??
			this.#covers[coverKey(path, null)] ??
			this.#covers[coverKey(`${albumFolder(path).folder}/`, null)] ??
			null
		);
	}

	/** Opens this person's queue in the browser, as the last visit left it; returns what closes it. */
	start(personId: string): () => void {
		const over = new AbortController();
		const settings = new StoredSettings(this.#storage, personId);
		this.#roots = new Roots(personId);
		void this.#join(personId, settings, over.signal);
		const online = () => this.goOn();
		const leave = (event: BeforeUnloadEvent) => {
			if (this.#mayLose) event.preventDefault();
		};
		const hide = () => void this.#queue?.flush();
		addEventListener('online', online);
		addEventListener('beforeunload', leave);
		addEventListener('pagehide', hide);
		const unhold = holdPage({ mayLeave: () => !this.#mayLose, onheld: () => this.#onheld() });
		return () => {
			unhold();
			removeEventListener('online', online);
			removeEventListener('beforeunload', leave);
			removeEventListener('pagehide', hide);
			over.abort();
			if (this.#beat) clearTimeout(this.#beat);
			this.#beat = null;
			this.#side?.close();
			this.#side = this.#queue = null;
			void this.#roots?.close();
			this.#roots = null;
			for (const url of Object.values(this.#covers)) URL.revokeObjectURL(url);
			this.#covers = {};
			this.#all = [];
			this.#shown = NOTHING;
			this.#leads = false;
		};
	}

	add(dropped: Iterable<DroppedFile>) {
		if (this.#roots) this.#side?.add(this.#roots.carry(dropped));
		this.#show(); // a person who drops something sees it at once
	}

	/** So many files of a dropped folder are neither music nor a cover. */
	leaveOut(files: number, endings: readonly string[]) {
		this.#side?.leaveOut(leftOutWith(this.leftOut, { files, endings }));
		this.#show();
	}
	forgetLeftOut() {
		this.#side?.leaveOut({ files: 0, endings: [] });
		this.#show();
	}

	pause(keys: readonly string[]) {
		this.#do('pause', keys);
	}
	resume(keys: readonly string[]) {
		this.#do('resume', keys);
	}
	moveUp(keys: readonly string[]) {
		this.#do('moveUp', keys);
	}
	cancel(keys: readonly string[]) {
		this.#do('cancel', keys);
	}
	uncancel(keys: readonly string[]) {
		this.#do('uncancel', keys);
	}
	retry(keys: readonly string[]) {
		this.#do('retry', keys);
	}
	drop(keys: readonly string[]) {
		this.#do('drop', keys);
	}
	undrop(keys: readonly string[]) {
		this.#do('undrop', keys);
	}
	describe(keys: readonly string[], description: Description) {
		this.#do('describe', keys, description);
	}
	publish(keys: readonly string[], isPublic: boolean) {
		this.#do('publish', keys, isPublic);
	}
	pauseAll() {
		this.#do('pauseAll');
	}
	resumeAll() {
		this.#do('resumeAll');
	}
	cancelAll() {
		this.#do('cancelAll');
	}
	retryFailed() {
		this.#do('retryFailed');
	}
	clearFinished() {
		this.#do('clearFinished');
	}
	/** The person does not want to wait for the next try. */
	goOn() {
		this.#do('goOn');
	}
	/** Somebody is signed in: what waited for that goes on. */
	signedIn() {
		this.#do('signedIn');
	}
	/** The connection may cost what it costs. */
	sendAnyway() {
		this.#do('sendAnyway');
	}

	setLimit(limit: number | null) {
		this.#side?.set({ ...this.#shown.settings, limit });
		this.#show();
	}
	setPublishesAtOnce(publishesAtOnce: boolean) {
		this.#side?.set({ ...this.#shown.settings, publishesAtOnce });
		this.#show();
	}

	/** Somebody waits for a page or for sound: no new piece goes out, for a while at most. */
	yieldLink(wanted: Wanted | null) {
		this.#side?.yieldLink(wanted);
	}

	/** Asks the person, who has just clicked, to let the page read again what was dropped at an earlier visit. */
	async reopen(): Promise<void> {
		await this.#roots?.ask();
		this.#side?.reopen();
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

	/**
	 * Mirrors the tab that leads until it closes, and then leads. One that does not answer any more loses the lead, and
	 * mirrors when it wakes. Without locks, as on plain http, each tab leads itself, and they share
	 * the browser's connections.
	 */
	async #join(personId: string, settings: StoredSettings, signal: AbortSignal) {
		const name = (this.#lockName = `segue-uploads:${personId}`);
		const openChannel = () => new BroadcastChannel(name) as unknown as Channel;
		const asked = protocolOf(location.origin);
		if (!('locks' in navigator)) {
			const part = { personId, settings, protocol: await asked };
			await this.#lead({ ...part, channel: openChannel(), held: [] }, signal);
			return;
		}
		let held: CarriedFile[] = [];
		let turn = new AbortController();
		let takesOver = false;
		const newMirror = () => {
			turn = new AbortController();
			this.#leads = false;
			this.#queue = null;
			return new MirrorTab({
				channel: openChannel(),
				settings: settings.read(),
				held,
				onchange: () => this.#change(),
				oncover: (key, picture) => this.#picture(key, picture),
				onsilent: () => {
					takesOver = true;
					turn.abort();
				}
			});
		};
		let mirror = newMirror();
		this.#side = mirror;
		while (!signal.aborted) {
			const options = takesOver
				? { steal: true }
				: { signal: AbortSignal.any([signal, turn.signal]) };
			takesOver = false;
			try {
				await navigator.locks.request(name, options, async () => {
					const protocol = await asked;
					mirror.close();
					({ held } = mirror);
					const channel = openChannel();
					const part = { personId, settings, protocol, channel, held };
					const leading = await this.#lead(part, signal);
					// Held until this tab is over.
					if (!signal.aborted) {
						await new Promise((resolve) => signal.addEventListener('abort', resolve));
					}
					leading.close();
				});
			} catch (error) {
				if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
			}
			if (signal.aborted || !(this.#side instanceof LeadingTab)) continue;
			// Another tab took the lead, because this one did not answer.
			({ held } = this.#side);
			this.#side.close();
			mirror = newMirror();
			this.#side = mirror;
			this.#show();
		}
	}

	async #lead(
		{
			personId,
			settings,
			channel,
			held,
			protocol
		}: {
			personId: string;
			settings: StoredSettings;
			channel: Channel;
			held: CarriedFile[];
			protocol: string;
		},
		signal: AbortSignal
	): Promise<LeadingTab> {
		this.#protocol = protocol;
		const lanes = ['h2', 'h3'].includes(protocol) ? LANES.multiplexed : LANES.h1;
		const transport = new TusTransport({
			...{ base: location.origin, probe: this.#probe, requests: lanes.requests },
			canStream: protocol === 'h2' && takesStreams(),
			onuse: (isUsed) => shared && (shared.sends = isUsed)
		});
		const shared = lanes === LANES.h1 ? shareLanes(transport, lanes.requests) : null;
		signal.addEventListener('abort', () => shared?.close());
		addEventListener('online', () => transport.forgetLink(), { signal });
		addEventListener('offline', () => queue.lostNetwork(), { signal });
		const inspector = new Inspector({ open: openInspectWorker });
		const journal = new BrowserJournal(personId);
		const roots = new Roots(personId);
		const queue = new UploadQueue({
			api: createUploadApi(),
			transport,
			lanes: lanes.files,
			hash: (file, aborted) => inspector.hash(file, aborted),
			fingerprint: (file) => inspector.fingerprint(file),
			onchange: () => this.#change(),
			onbatch: this.#onbatch,
			onfile: (upload, file) => void leading.inspect(upload, file),
			onlate: (file) => leading.tellLate(file)
		});
		watchMetered((isMetered) => queue.spareData(isMetered), { signal });
		const chosen = settings.read();
		transport.limit(chosen.limit);
		const leading = new LeadingTab({
			...{ queue, journal, roots, inspector, channel, settings: chosen },
			link: () => transport.figures,
			onchange: () => this.#change(),
			oncover: (key, picture) => this.#picture(key, picture),
			onyield: (wanted) => transport.yieldLink(wanted),
			onsettings: (now) => {
				settings.write(now);
				transport.limit(now.limit);
			}
		});
		this.#side = leading;
		this.#queue = queue;
		this.#leads = true;
		if (!signal.aborted) await leading.begin(held);
		this.#show();
		return leading;
	}

	/** Leaving now would cost something: no other tab goes on, and a file would have to be dropped again. */
	get #mayLose(): boolean {
		return this.#side instanceof LeadingTab && this.#side.hasHomeless && !this.#isBacked;
	}

	/** Whether another tab waits to take over. Asked while things move, because leaving cannot wait for an answer. */
	#lookForOthers() {
		if (!('locks' in navigator) || performance.now() - this.#lookedAt < LOOK_MS) return;
		this.#lookedAt = performance.now();
		void navigator.locks.query().then(({ pending = [] }) => {
			this.#isBacked = pending.some(({ name }) => name === this.#lockName);
		});
	}

	#do<Name extends keyof Commands>(name: Name, ...args: Parameters<Commands[Name]>) {
		this.#side?.do(name, ...args);
		this.#show();
	}

	#picture(key: string, picture: Blob) {
		if (key in this.#covers) return;
		this.#covers = { ...this.#covers, [key]: URL.createObjectURL(picture) };
	}

	#change() {
		this.#beat ??= setTimeout(() => this.#show(), BEAT_MS);
	}

	#show() {
		if (this.#beat) clearTimeout(this.#beat);
		this.#beat = null;
		const side = this.#side;
		if (!side) return;
		if (side instanceof LeadingTab) {
			side.beat();
			this.#lookForOthers();
		}
		this.#all = side.all;
		this.#shown = side.shown;
	}
}

/** What a person chose at this browser. */
class StoredSettings {
	readonly #storage: Storage;
	readonly #name: string;

	constructor(storage: Storage, personId: string) {
		this.#storage = storage;
		this.#name = `segue-uploads:${personId}`;
	}

	read(): Settings {
		try {
			const { limit, publishesAtOnce, isPaused } = JSON.parse(
				this.#storage.read(this.#name) ?? '{}'
			) as Partial<Settings>;
			return {
				limit: typeof limit === 'number' && limit > 0 ? limit : null,
				publishesAtOnce: publishesAtOnce === true,
				isPaused: isPaused === true
			};
		} catch {
			return NOTHING.settings; // somebody else wrote there
		}
	}

	write(settings: Settings) {
		this.#storage.write(this.#name, JSON.stringify(settings));
	}
}

/** Tabs of which each sends for itself have one browser's connections between them. */
function shareLanes(transport: TusTransport, most: number): SharedLanes | null {
	if ('locks' in navigator) return null;
	return new SharedLanes({
		channel: new BroadcastChannel('segue-lanes') as unknown as LanesChannel,
		tab: Math.random().toString(36).slice(2), // plain http has no randomUUID
		most,
		onshare: (requests) => (transport.requests = requests)
	});
}

function openInspectWorker(): InspectWorker {
	const worker = new Worker(new URL('./inspect-worker.ts', import.meta.url), { type: 'module' });
	return worker as unknown as InspectWorker;
}

/** Not in every browser: those that know nothing of it take the stream for a word. */
function takesStreams(): boolean {
	let isRead = false;
	const init = {
		method: 'POST',
		body: new ReadableStream(),
		get duplex() {
			isRead = true;
			return 'half';
		}
	};
	const hasType = new Request(location.origin, init as RequestInit).headers.has('Content-Type');
	return isRead && !hasType;
}

export const [useUploader, provideUploader] = createContext<Uploader>();
