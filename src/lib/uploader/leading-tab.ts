import type { Commands } from './commands.ts';
import { goesBefore, kindOf } from '#contracts/file-kind';
import { coverKey } from './cover-key.ts';
import type { Inspector } from './inspector.ts';
import type { Journal, JournalRecord } from './journal.ts';
import type { Wanted } from './pace.ts';
import type { UploadQueue } from './queue.ts';
import { openPlace, type Roots } from './roots.ts';
import type { Ask, CarriedFile, Channel, LeftOut, Settings, Shown, TabSide, Tell } from './tabs.ts';
import type { LinkFigures } from './transport.ts';
import type { Upload } from './upload.ts';

interface LeadingParts {
	queue: UploadQueue;
	journal: Journal;
	roots: Roots;
	inspector: Inspector;
	channel: Channel;
	settings: Settings;
	/** What was said while this tab did not lead yet, or to one that is gone. */
	leftOut?: LeftOut;
	link: () => LinkFigures | null;
	onchange: () => void;
	oncover: (key: string, picture: Blob) => void;
	onsettings: (settings: Settings) => void;
	/** Somebody waits for a page or for sound, in whichever tab. */
	onyield: (wanted: Wanted | null) => void;
}

/** Files in one message between tabs. */
const PORTION = 500;
/** Files that are looked for on the disk at the same time. */
const OPEN_AT_ONCE = 8;
/** A tab that hangs may hold the browser's storage for as long as it likes: files are not kept waiting for it. */
const STORAGE_MS = 3_000;
/** What a tab waits for counts for so long, which is as long as anything stands back for it. */
const WANTED_MS = 4_000;

/** The tab that sends. It says to the others what they show, and does what people ask for there. */
export class LeadingTab implements TabSide {
	readonly leads = true;
	readonly #parts: LeadingParts;
	readonly #covers = new Map<string, Blob>();
	/** Of those that are files beside the music, which file. */
	readonly #pictures = new Map<string, File>();
	#settings: Settings;
	#leftOut: LeftOut;
	/** Nobody is told anything before somebody asked. */
	#hasMirrors = false;
	#isClosed = false;
	/** What each tab waits for; one that was closed meanwhile takes nothing back. */
	readonly #wanted = new Map<string, { wanted: Wanted; until: number }>();
	/** The journal did not answer in time. */
	#isForgetful = false;
	/** What was asked before it knew its list. */
	#waiting: (() => void)[] | null = [];

	constructor(parts: LeadingParts) {
		this.#parts = parts;
		this.#settings = parts.settings;
		this.#leftOut = parts.leftOut ?? { files: 0, endings: [] };
		parts.queue.publishesAtOnce = parts.settings.publishesAtOnce;
		if (parts.settings.isPaused) parts.queue.pauseAll();
		parts.channel.onmessage = ({ data }) => {
			if ('ask' in data) this.#hear(data);
		};
	}

	get all(): readonly Upload[] {
		return this.#parts.queue.all;
	}
	get isKnown(): boolean {
		return this.#waiting === null;
	}
	get shown(): Shown {
		const { summary } = this.#parts.queue;
		return {
			summary,
			settings: this.#settings,
			leftOut: this.#leftOut,
			isForgetful: this.#isForgetful,
			link: this.#parts.link()
		};
	}

	/** Files wait that would have to be dropped again if no other tab goes on with them. */
	get hasHomeless(): boolean {
		const { queue } = this.#parts;
		return queue.hasHomeless || (this.#isForgetful && queue.summary.active);
	}

	/** Takes over what was left, with the files that this tab held as a mirror. */
	async begin(held: readonly CarriedFile[]): Promise<void> {
		const { queue, journal, roots } = this.#parts;
		// Only those of earlier visits: what is dropped from now on is not on the list yet when it is kept.
		const remembered = Promise.all([roots.ids(), journal.load()]);
		const inTime = await withinMs(remembered, STORAGE_MS);
		await queue.lead(journal, held, inTime?.[1] ?? []);
		if (this.#isClosed) return;
		this.#isForgetful = inTime === null;
		this.#tell({ tell: 'leads' });
		const waiting = this.#waiting ?? [];
		this.#waiting = null;
		for (const run of waiting) run();
		queue.catchUp().catch(() => {
			// The portal did not answer; what it knows comes with the next news.
		});
		if (inTime) await this.#tidy(inTime[0]);
		else void remembered.then((late) => this.#recall(late));
	}

	async #recall([before, records]: [string[], JournalRecord[]]) {
		if (this.#isClosed) return;
		this.#isForgetful = false;
		this.#parts.queue.recall(records);
		this.#parts.onchange();
		await this.#tidy(before);
	}

	/** Forgets the roots that nothing on the list lies in, and opens what lies in the others. */
	async #tidy(before: readonly string[]) {
		const { queue, roots } = this.#parts;
		await roots.forget(before.filter((id) => !queue.roots.has(id)));
		await this.#reopen();
	}

	/** Tells the other tabs what changed: once a beat, not for each file. */
	beat() {
		if (!this.#hasMirrors) return;
		const { uploads, removed } = this.#parts.queue.takeChanges();
		this.#tell({ tell: 'state', isWhole: false, uploads, removed, shown: this.shown });
	}

	/** What this tab could go on with if another one took the lead. */
	get held(): CarriedFile[] {
		return this.#parts.queue.files();
	}

	add(files: readonly CarriedFile[]) {
		if (this.#waiting) {
			this.#waiting.push(() => this.add(files));
			return;
		}
		const { queue, onchange } = this.#parts;
		const became = queue.add(files);
		if (this.#hasMirrors) {
			// Under the keys that they have on the list: a file that was there already keeps its own.
			const named = files.map((file) => ({ ...file, key: became.get(file.key) ?? file.key }));
			this.#tellFiles(named.filter(({ key }) => queue.wants(key)));
			const removed = files.flatMap(({ key }) => (became.get(key) === key ? [] : [key]));
			this.#tell({ tell: 'state', isWhole: false, uploads: [], removed, shown: this.shown });
		}
		onchange();
	}
	do<Name extends keyof Commands>(name: Name, ...args: Parameters<Commands[Name]>) {
		if (this.#waiting) {
			this.#waiting.push(() => this.do(name, ...args));
			return;
		}
		const { queue, onchange } = this.#parts;
		(queue[name] as (...args: Parameters<Commands[Name]>) => void)(...args);
		if (name === 'pauseAll' || name === 'resumeAll' || name === 'cancelAll') {
			this.set({ ...this.#settings, isPaused: name === 'pauseAll' });
		}
		onchange();
	}
	set(settings: Settings) {
		this.#settings = settings;
		this.#parts.queue.publishesAtOnce = settings.publishesAtOnce;
		this.#parts.onsettings(settings);
		this.#parts.onchange();
	}
	leaveOut(leftOut: LeftOut) {
		this.#leftOut = leftOut;
		this.#parts.onchange();
	}
	reopen() {
		void this.#reopen();
	}
	yieldLink(wanted: Wanted | null) {
		this.#yieldTo('', wanted);
	}
	close() {
		this.#isClosed = true;
		const { queue, channel, inspector, roots } = this.#parts;
		queue.close();
		inspector.close();
		channel.close();
		void roots.close();
	}

	/** Came under a key of its own after the other tabs were told of what was dropped. */
	tellLate(file: CarriedFile) {
		if (this.#hasMirrors) this.#tellFiles([file]);
	}

	/** A file came into the page's hands: what it says about itself is shown as soon as it is read. */
	async inspect({ key, path, tags }: Upload, file: File): Promise<void> {
		const { queue, inspector, oncover, onchange } = this.#parts;
		if (tags && this.#covers.has(coverKey(path, tags.album))) return;
		try {
			const found = await inspector.inspect(file, path);
			queue.setFingerprint(key, found.fingerprint);
			if (found.tags) queue.setTags(key, found.tags);
			if (!found.cover || !this.#shows(file, found.coverOf)) return;
			this.#covers.set(found.coverOf, found.cover);
			oncover(found.coverOf, found.cover);
			this.#tell({ tell: 'cover', key: found.coverOf, picture: found.cover });
			onchange();
		} catch {
			// It cannot be read now; sending it will say why.
		}
	}

	/** Of two pictures beside the music the page shows the one that the portal takes; of others the first. */
	#shows(file: File, coverOf: string): boolean {
		if (kindOf(file.name, file.type) !== 'cover') return !this.#covers.has(coverOf);
		const before = this.#pictures.get(coverOf);
		if (before && !goesBefore(file, before)) return false;
		this.#pictures.set(coverOf, file);
		return true;
	}

	#hear(message: Ask) {
		switch (message.ask) {
			case 'hello':
				// Before it knows its list it says so to everybody.
				if (!this.#waiting) this.#welcome();
				return;
			case 'add':
				this.add(message.files);
				return;
			case 'do':
				this.do(message.name, ...(message.args as Parameters<Commands[typeof message.name]>));
				return;
			case 'set':
				this.set(message.settings);
				return;
			case 'leave out':
				this.leaveOut(message.leftOut);
				return;
			case 'reopen':
				this.reopen();
				return;
			case 'yield':
				this.#yieldTo(message.tab, message.wanted);
		}
	}

	/** A page that is there in one tab ends no wait for sound in another. */
	#yieldTo(tab: string, wanted: Wanted | null) {
		const now = performance.now();
		this.#wanted.delete(tab);
		if (wanted) this.#wanted.set(tab, { wanted, until: now + WANTED_MS });
		for (const [other, { until }] of this.#wanted) if (until <= now) this.#wanted.delete(other);
		const all = Array.from(this.#wanted.values(), (each) => each.wanted);
		this.#parts.onyield(all.includes('sound') ? 'sound' : (all[0] ?? null));
	}

	#welcome() {
		this.#hasMirrors = true;
		const { queue } = this.#parts;
		queue.takeChanges(); // what they see from now on is what changes after this
		this.#tell({
			tell: 'state',
			isWhole: true,
			uploads: [...this.all],
			removed: [],
			shown: this.shown
		});
		this.#tellFiles(queue.files());
		for (const [key, picture] of this.#covers) this.#tell({ tell: 'cover', key, picture });
	}

	#tellFiles(files: readonly CarriedFile[]) {
		for (let at = 0; at < files.length; at += PORTION) {
			this.#tell({ tell: 'files', files: files.slice(at, at + PORTION) });
		}
	}

	#tell(message: Tell) {
		if (!this.#isClosed) this.#parts.channel.postMessage(message);
	}

	/** Opens again what lies where the browser may look without asking. */
	async #reopen() {
		const { queue, roots } = this.#parts;
		const waiting = queue.places();
		if (waiting.length === 0) return;
		const readable = await roots.readable();
		const open = async () => {
			for (let next = waiting.shift(); next && !this.#isClosed; next = waiting.shift()) {
				const root = readable.get(next.place.root);
				if (!root) continue;
				try {
					await queue.give(next.key, await openPlace(root, next.place.inside));
				} catch {
					// The drive is away: it goes on waiting for its file.
				}
			}
		};
		await Promise.all(Array.from({ length: OPEN_AT_ONCE }, open));
	}
}

/** Null when it takes longer. */
async function withinMs<T>(work: Promise<T>, ms: number): Promise<T | null> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), ms)));
	try {
		return await Promise.race([work, late]);
	} finally {
		clearTimeout(timer);
	}
}
