import type { Wanted } from './pace.ts';
import type { Commands } from './commands.ts';
import type { Ask, CarriedFile, Channel, LeftOut, Settings, Shown, TabSide, Tell } from './tabs.ts';
import { isOnServer, isOver } from './tally.ts';
import { EMPTY, type Upload } from './upload.ts';

/** A tab that is awake answers at once, unless it is very busy. */
const ANSWER_MS = 5_000;
const MOST_UNANSWERED = 3;

interface MirrorParts {
	channel: Channel;
	settings: Settings;
	/** Files that this tab has already, because it led before: those that nobody else knows of are not lost. */
	held: readonly CarriedFile[];
	onchange: () => void;
	oncover: (key: string, picture: Blob) => void;
	/** The tab that leads was asked several times and does not answer. */
	onsilent: () => void;
}

/**
 * A tab that shows what another one does, and asks it. It holds the files that are still to be sent, so that it can
 * take over when the other is closed.
 */
export class MirrorTab implements TabSide {
	/** Among the other tabs; no two are the same. */
	readonly #name = Math.random().toString(36).slice(2);
	readonly leads = false;
	readonly #parts: MirrorParts;
	readonly #uploads = new Map<string, Upload>();
	readonly #held = new Map<string, CarriedFile>();
	/** In this tab's hands, and not yet seen on the list. */
	readonly #unseen = new Set<string>();
	#shown: Shown;
	#isKnown = false;
	#silence: ReturnType<typeof setTimeout> | null = null;
	#unanswered = 0;

	constructor(parts: MirrorParts) {
		this.#parts = parts;
		this.#hold(parts.held);
		this.#shown = {
			summary: EMPTY,
			settings: parts.settings,
			leftOut: { files: 0, endings: [] },
			link: null,
			isForgetful: false
		};
		parts.channel.onmessage = ({ data }) => {
			if (!('tell' in data)) return;
			this.#unanswered = 0;
			this.#endWait();
			this.#hear(data);
		};
		this.#ask({ ask: 'hello' });
	}

	get all(): readonly Upload[] {
		return [...this.#uploads.values()];
	}
	get isKnown(): boolean {
		return this.#isKnown;
	}
	get shown(): Shown {
		return this.#shown;
	}
	/** What this tab could go on with. */
	get held(): CarriedFile[] {
		return [...this.#held.values()];
	}

	add(files: readonly CarriedFile[]) {
		this.#hold(files);
		this.#ask({ ask: 'add', files: [...files] });
	}
	do<Name extends keyof Commands>(name: Name, ...args: Parameters<Commands[Name]>) {
		this.#ask({ ask: 'do', name, args });
	}
	set(settings: Settings) {
		this.#ask({ ask: 'set', settings });
	}
	leaveOut(leftOut: LeftOut) {
		// Nobody may lead yet.
		this.#shown = { ...this.#shown, leftOut };
		this.#ask({ ask: 'leave out', leftOut });
	}
	reopen() {
		this.#ask({ ask: 'reopen' });
	}
	yieldLink(wanted: Wanted | null) {
		this.#ask({ ask: 'yield', tab: this.#name, wanted });
	}
	close() {
		this.#endWait();
		this.#parts.channel.close();
	}

	#hold(files: readonly CarriedFile[]) {
		for (const file of files) {
			this.#held.set(file.key, file);
			this.#unseen.add(file.key);
		}
	}

	/** Said to a tab that closed before it answered, or to none. */
	#addUnseen() {
		if (this.#unseen.size === 0) return;
		this.#ask({ ask: 'add', files: this.held.filter(({ key }) => this.#unseen.has(key)) });
	}

	#ask(ask: Ask) {
		this.#parts.channel.postMessage(ask);
		if (ask.ask === 'yield' || ask.ask === 'reopen') return; // those have no answer
		this.#silence ??= setTimeout(() => this.#askAgain(), ANSWER_MS);
	}

	#askAgain() {
		this.#silence = null;
		this.#unanswered += 1;
		if (this.#unanswered < MOST_UNANSWERED) this.#ask({ ask: 'hello' });
		else this.#parts.onsilent();
	}

	#endWait() {
		if (this.#silence) clearTimeout(this.#silence);
		this.#silence = null;
	}

	#hear(message: Tell) {
		switch (message.tell) {
			case 'leads':
				this.#ask({ ask: 'hello' });
				this.#addUnseen();
				return;
			case 'files':
				for (const file of message.files) this.#held.set(file.key, file);
				return;
			case 'cover':
				this.#parts.oncover(message.key, message.picture);
				return;
			case 'state':
				this.#follow(message);
		}
	}

	#follow({ isWhole, uploads, removed, shown }: Extract<Tell, { tell: 'state' }>) {
		if (isWhole) {
			this.#uploads.clear();
			this.#isKnown = true;
		}
		for (const upload of uploads) {
			const { key, state } = upload;
			this.#uploads.set(key, upload);
			this.#unseen.delete(key);
			if (isOnServer(state) || (isOver(state) && state.kind !== 'failed')) this.#held.delete(key);
		}
		for (const key of removed) {
			this.#uploads.delete(key);
			this.#unseen.delete(key);
			this.#held.delete(key);
		}
		if (isWhole) this.#addUnseen();
		this.#shown = shown;
		this.#parts.onchange();
	}
}
