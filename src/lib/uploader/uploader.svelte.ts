import { createContext } from 'svelte';
import { albumFolder } from '#contracts/compilation';
import type { ServerEvent } from '#contracts/live';
import type { Description } from '#contracts/upload';
import type { Commands } from './commands.ts';
import { coverKey } from './cover-key.ts';
import type { Batch } from './list.ts';
import type { OwnTab } from './own-tab.ts';
import type { Wanted } from './pace.ts';
import type { DroppedFile } from './roots.ts';
import { StoredSettings, USUAL, type Storage } from './stored-settings.ts';
import { leftOutWith, type Shown, type TabSide } from './tabs.ts';
import { EMPTY, type Upload } from './upload.ts';

/** How often the screen may learn of progress: ten thousand files cost one write, not one for each. */
const BEAT_MS = 250;
/** While the person scrolls the screen learns of it once they rest for so long, or after so many beats. */
const REST_MS = 120;
const MOST_BEATS = 4;
const NOTHING: Shown = {
	summary: EMPTY,
	settings: USUAL,
	leftOut: { files: 0, endings: [] },
	link: null,
	isForgetful: false
};

/** What the page sees of the queue, in whichever tab it runs. */
export class Uploader {
	#all = $state.raw<readonly Upload[]>([]);
	#shown = $state.raw<Shown>(NOTHING);
	#leads = $state.raw(false);
	#isLooking = $state.raw(true);
	/** Addresses of small pictures by `coverKey`, and their bytes. */
	#covers = $state.raw<Readonly<Record<string, { url: string; size: number }>>>({});
	readonly #load: (signal: AbortSignal) => Promise<{ OwnTab: typeof OwnTab } | null>;
	readonly #storage: Storage;
	readonly #onbatch: (batch: Batch) => void;
	readonly #onheld: (url: string) => void;
	#protocol = $state.raw('');
	#tab: OwnTab | null = null;
	#side: TabSide | null = null;
	/** What was asked for before the queue was there; null while nobody's is open. */
	#early: (() => void)[] | null = null;
	#hasEarlyFiles = false;
	#beat: ReturnType<typeof setTimeout> | null = null;
	#scrolledAt = -Infinity;

	/**
	 * @param options.load what sends is loaded for those who may; null when it is not wanted any more
	 * @param options.onheld a page load that would have ended the uploads was held back
	 */
	constructor({
		load,
		storage,
		onbatch,
		onheld
	}: {
		load: (signal: AbortSignal) => Promise<{ OwnTab: typeof OwnTab } | null>;
		storage: Storage;
		onbatch: (batch: Batch) => void;
		onheld: (url: string) => void;
	}) {
		this.#load = load;
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
	/** What an earlier visit left, or another tab has, is not known yet. */
	get isLooking() {
		return this.#isLooking;
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
		const cover =
			this.#covers[coverKey(path, tags?.album ?? album)] ??
			this.#covers[coverKey(path, null)] ??
			this.#covers[coverKey(`${albumFolder(path).folder}/`, null)];
		return cover?.url ?? null;
	}

	/** Opens this person's queue in the browser, as the last visit left it; returns what closes it. */
	start(personId: string): () => void {
		const over = new AbortController();
		const { signal } = over;
		this.#early = [];
		void this.#open(personId, signal);
		addEventListener('online', () => this.goOn(), { signal });
		const leave = (event: BeforeUnloadEvent) => {
			if (this.#tab?.mayLose || this.#hasEarlyFiles) event.preventDefault();
		};
		addEventListener('beforeunload', leave, { signal });
		const scrolled = () => (this.#scrolledAt = performance.now());
		addEventListener('scroll', scrolled, { signal, passive: true, capture: true });
		return () => {
			over.abort();
			if (this.#beat) clearTimeout(this.#beat);
			this.#beat = null;
			this.#tab?.close();
			this.#tab = this.#side = this.#early = null;
			this.#hasEarlyFiles = false;
			for (const { url } of Object.values(this.#covers)) URL.revokeObjectURL(url);
			this.#covers = {};
			this.#all = [];
			this.#shown = NOTHING;
			this.#leads = false;
			this.#isLooking = true;
		};
	}

	add(dropped: Iterable<DroppedFile>) {
		const files = [...dropped];
		this.#hasEarlyFiles ||= this.#early !== null;
		this.#ask((side) => side.add(this.#tab?.carry(files) ?? []));
	}

	/** So many files of a dropped folder are neither music nor a cover. */
	leaveOut(files: number, endings: readonly string[]) {
		this.#ask((side) => side.leaveOut(leftOutWith(this.leftOut, { files, endings })));
	}
	forgetLeftOut() {
		this.#ask((side) => side.leaveOut({ files: 0, endings: [] }));
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
		this.#ask((side) => side.set({ ...this.#shown.settings, limit }));
	}
	setPublishesAtOnce(publishesAtOnce: boolean) {
		this.#ask((side) => side.set({ ...this.#shown.settings, publishesAtOnce }));
	}

	/** Somebody waits for a page or for sound: no new piece goes out, for a while at most. */
	yieldLink(wanted: Wanted | null) {
		if (this.#early) this.#early.push(() => this.yieldLink(wanted));
		else this.#side?.yieldLink(wanted);
	}

	/** Asks the person, who has just clicked, to let the page read again what was dropped at an earlier visit. */
	async reopen(): Promise<void> {
		await this.#tab?.reopen();
	}

	/** Asks what became of the files, after news may have been missed. */
	catchUp() {
		this.#tab?.catchUp();
	}

	hear(events: readonly ServerEvent[]) {
		this.#tab?.hear(events);
		if (events.some(({ type }) => type === 'reset')) this.catchUp();
	}

	async #open(personId: string, signal: AbortSignal) {
		const loaded = await this.#load(signal);
		if (!loaded || signal.aborted) return;
		this.#tab = new loaded.OwnTab({
			personId,
			settings: new StoredSettings(this.#storage, personId),
			onside: (side) => this.#become(side),
			onsettled: () => this.#show(),
			onchange: () => this.#showSoon(),
			oncover: (key, picture) => this.#picture(key, picture),
			onprotocol: (protocol) => (this.#protocol = protocol),
			onbatch: this.#onbatch,
			onheld: this.#onheld
		});
		this.#tab.start();
	}

	#become(side: TabSide) {
		this.#side = side;
		this.#leads = side.leads;
		const early = this.#early;
		if (!early) return;
		this.#shown = side.shown; // what is asked for is a change of what was chosen
		this.#early = null;
		this.#hasEarlyFiles = false;
		for (const ask of early) ask();
	}

	/** A person who does something sees it at once, or as soon as the queue is there. */
	#ask(work: (side: TabSide) => void) {
		if (this.#early) this.#early.push(() => this.#ask(work));
		else if (this.#side) {
			work(this.#side);
			this.#show();
		}
	}

	#do<Name extends keyof Commands>(name: Name, ...args: Parameters<Commands[Name]>) {
		this.#ask((side) => side.do(name, ...args));
	}

	#picture(key: string, picture: Blob) {
		const before = this.#covers[key];
		const { size } = picture;
		// A tab that begins to lead tells again what is known.
		if (before?.size === size) return;
		this.#covers = { ...this.#covers, [key]: { url: URL.createObjectURL(picture), size } };
		if (before) URL.revokeObjectURL(before.url);
	}

	#showSoon(beats = 1) {
		this.#beat ??= setTimeout(() => {
			this.#beat = null;
			const isScrolling = performance.now() - this.#scrolledAt < REST_MS;
			if (isScrolling && beats < MOST_BEATS) this.#showSoon(beats + 1);
			else this.#show();
		}, BEAT_MS);
	}

	#show() {
		if (this.#beat) clearTimeout(this.#beat);
		this.#beat = null;
		if (!this.#side) return;
		this.#tab?.beat();
		if (this.#side.isKnown) this.#isLooking = false;
		this.#all = this.#side.all;
		this.#shown = this.#side.shown;
	}
}

export const [useUploader, provideUploader] = createContext<Uploader>();
