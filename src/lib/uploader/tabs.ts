import type { Commands } from './commands.ts';
import type { Dropped } from './entry.ts';
import type { Wanted } from './pace.ts';
import type { LinkFigures } from './transport.ts';
import type { Summary, Upload } from './upload.ts';

/** A file that tabs hand to each other: its name is settled. */
export type CarriedFile = Dropped & { key: string };

/** What people choose for all of their uploads. */
export interface Settings {
	/** Bytes a second, or null for as fast as it goes. */
	limit: number | null;
	/** What new files become; otherwise they are drafts. */
	publishesAtOnce: boolean;
	/** Everything waits until somebody says go on. */
	isPaused: boolean;
}

/** What was sorted out while folders were walked: neither music nor a cover. */
export interface LeftOut {
	readonly files: number;
	readonly endings: readonly string[];
}

export function leftOutWith(before: LeftOut, more: LeftOut): LeftOut {
	const endings = new Set([...before.endings, ...more.endings]);
	return { files: before.files + more.files, endings: [...endings].sort() };
}

/** What every tab shows. */
export interface Shown {
	summary: Summary;
	settings: Settings;
	leftOut: LeftOut;
	/** Null before anything is known of it. */
	link: LinkFigures | null;
	/** The browser's storage does not answer: nothing of this visit is written down as yet. */
	isForgetful: boolean;
}

/** From a tab that mirrors to the one that leads. */
export type Ask =
	/** It is there now, and knows nothing. */
	| { ask: 'hello' }
	| { ask: 'add'; files: CarriedFile[] }
	| { ask: 'do'; name: keyof Commands; args: unknown[] }
	| { ask: 'set'; settings: Settings }
	| { ask: 'leave out'; leftOut: LeftOut }
	/** The person let the page read what it kept. */
	| { ask: 'reopen' }
	/** Somebody waits for a page or for sound there, or does no longer. */
	| { ask: 'yield'; tab: string; wanted: Wanted | null };

/** From the tab that leads to all others. */
export type Tell =
	/** It leads from now on: whoever is there says hello. */
	| { tell: 'leads' }
	| { tell: 'state'; isWhole: boolean; uploads: Upload[]; removed: string[]; shown: Shown }
	/** So that any tab can take over, each holds the files that are still to be sent. */
	| { tell: 'files'; files: CarriedFile[] }
	| { tell: 'cover'; key: string; picture: Blob };

/** The part of a BroadcastChannel that is used here. */
export interface Channel {
	postMessage(message: Ask | Tell): void;
	onmessage: ((event: { data: Ask | Tell }) => void) | null;
	close(): void;
}

/** What a page asks of its side of the queue, whether this tab leads or mirrors the one that does. */
export interface TabSide {
	readonly leads: boolean;
	/** What is on the list was read, or told. */
	readonly isKnown: boolean;
	readonly all: readonly Upload[];
	readonly shown: Shown;
	add(files: readonly CarriedFile[]): void;
	do<Name extends keyof Commands>(name: Name, ...args: Parameters<Commands[Name]>): void;
	set(settings: Settings): void;
	leaveOut(leftOut: LeftOut): void;
	/** What the browser kept may be read now. */
	reopen(): void;
	yieldLink(wanted: Wanted | null): void;
	close(): void;
}
