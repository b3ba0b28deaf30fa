import type { Readable } from 'node:stream';
import type { Person } from '#contracts/account';
import type { ImportOrder, ImportSource, ItemFailure } from '#contracts/import';
import type { Description } from '#contracts/upload';
import type { Log } from '../ops/log.ts';
import type { Outgoing } from './outgoing.ts';
import type { Reader } from './reader.ts';

/** How many items one page of a source may hold: each page is one question to the catalogue. */
export const MAX_PAGE = 500;
/** More than anybody's library; an endless list ends here with `too_many_items`. */
export const MAX_ITEMS = 200_000;

/** One file of a source, as it was listed. Nothing of it was fetched. */
export interface ListedItem {
	/** The source's own name for it: the same at each listing. At most 1,000 characters. */
	sourceId: string;
	/** With its ending where one is known; shown and kept, never opened. */
	name: string;
	/** Folder and name with forward slashes, as if it had been dropped so. */
	path?: string;
	/** Bytes, as the source says: for estimates. What is fetched says how long it is. */
	size?: number;
	/** Any text that is another one when the item has changed: a date, a tag, a size. */
	changed?: string;
	/** Media type, as the source says. */
	type?: string;
	/** Hexadecimal, where the source knows it: what is here already is not fetched. */
	sha256?: string;
	/** What the source says of it, and its tags do not have to. It goes over the tags. */
	describe?: Description;
	/** What `fetch` needs to find it, kept with the item: text, never a secret. At most 4,000 characters. */
	locator?: string;
}

export interface ListedPage {
	/** At most MAX_PAGE. */
	items: ListedItem[];
	/** Where the next page begins; null after the last. Kept, and given again after a restart. */
	next: string | null;
	/** How many items there are in all, once that is known. */
	total?: number;
}

/** A playlist of a source. */
export interface ListedPlaylist {
	/** The source's own name for it: the same at each listing. At most 1,000 characters. */
	sourceId: string;
	name: string;
	text?: string;
	/** `sourceId`s of items, in order, as often as they stand in it. */
	items: string[];
}

/** How to go on with an item whose first bytes are here. */
export interface Resume {
	/** Bytes that are here. */
	offset: number;
	/** As `Fetched.validator` was; null when there was none, and then `offset` is 0. */
	ifRange: string | null;
}

export interface Fetched {
	/** Which byte of the item the body begins with: `Resume.offset`, or 0 when it begins anew. */
	offset: number;
	/** Bytes of the whole item; null when nobody knows before its end. */
	size: number | null;
	/** What proves later that the item is still the same; null when it can only be fetched anew. */
	validator: string | null;
	/** A better name or type than the listing had. */
	name?: string;
	type?: string;
	/** What is known only now, over what the listing said. */
	describe?: Description;
	/** A body that ends early without an error is taken for whole only when `size` says so, or is null. */
	body: Readable;
	/** Keeps it at a new path without a second copy of its bytes; absent where nobody asked for that. */
	adopt?: (target: string) => Promise<Adopted>;
}

/** How an item that lies on this machine is kept; `copied` is still to be done. */
export interface Adopted {
	kept: 'copied' | 'cloned' | 'linked';
	/** Which file it was, and which bytes were in it. */
	version: string;
}

/** A source that is open for one run of one import. */
export interface OpenSource {
	/** What people know it by: a host, a title. */
	label?: string;
	/** All items come from one server: when it gives several in a row not, it is away, and all of them wait. */
	isOneServer?: boolean;
	/**
	 * The page that begins at `cursor`; null for the first. Asked again with the same cursor it may find changes, and
	 * must not skip what was not listed before. @throws SourceError
	 */
	list(cursor: string | null): Promise<ListedPage>;
	/** @throws SourceError */
	fetch(item: FetchItem, resume: Resume): Promise<Fetched>;
	/** Asked once all items are here. @throws SourceError */
	playlists?(): AsyncIterable<ListedPlaylist>;
	/** Ends sessions, closes files. Called once, also after errors. */
	close?(): Promise<void>;
}

/** What is left of an item after a restart. */
export type FetchItem = Pick<ListedItem, 'sourceId' | 'name'> & { locator: string | null };

export interface SourceContext {
	person: Person;
	outgoing: Outgoing;
	/** Reads what came, away from where pages are served. */
	reader: Pick<Reader, 'read'>;
	/**
	 * Draws a picture anew and keeps it for this person. @returns its hash, for a description to name; null when it is none
	 */
	keepPicture: (picture: Uint8Array<ArrayBuffer>) => Promise<string | null>;
	/** Aborted when the import is paused, cancelled, or the server stops: everything under way ends with it. */
	signal: AbortSignal;
	log: Log;
}

type OrderOf<Name extends ImportSource> = Extract<ImportOrder, { source: Name }>;

export interface WatchOptions {
	/** What the place looked like when it was looked at last; null when it never was. */
	seen: string | null;
	/** Told what it looks like now, when that is something else; false to be told again later. */
	onchange: (seen: string) => Promise<boolean>;
	log: Log;
}

/** Looks for changes at one place. */
export interface Watcher {
	/** Whether the place is there. */
	readonly isThere: boolean;
	/** Looks now. */
	look(): Promise<void>;
	close(): Promise<void>;
}

/** A kind of source. One file each, and a line in sources.ts. */
export interface Source<Name extends ImportSource = ImportSource> {
	/**
	 * What makes two orders the same place, such as its address and the name one signs in by: one import of a place
	 * runs at a time, and what was fetched from it before is known.
	 */
	place(order: OrderOf<Name>): string;
	/** What to call it until it is open. */
	label(order: OrderOf<Name>): string;
	/** Names of the order's fields that are secret: kept encrypted, and forgotten when the import ends. */
	secrets?: readonly string[];
	/** Before the answer to the order: throws a Problem when this person may not. Makes no request. */
	admit?(order: OrderOf<Name>, person: Person): Promise<void> | void;
	/** Whether an order is to look again by itself when something changes at its place. */
	isWatched?(order: OrderOf<Name>): boolean;
	/** Begins to look for changes, without harm to whoever else works there. */
	watch?(order: OrderOf<Name>, options: WatchOptions): Watcher;
	/** Makes it ready to list; called again after each restart and each pause. @throws SourceError */
	open(order: OrderOf<Name>, context: SourceContext): Promise<OpenSource>;
}

/**
 * What went wrong at a source. `item`: this one fails and the others go on. `source`: nothing can go on, such as a
 * wrong password. `later`: the same again may succeed, after `retryInMs` when the source said so; the runner tries a
 * few times, and then it counts as `item` where an item was fetched, else as `source`.
 */
export class SourceError extends Error {
	override readonly name = 'SourceError';
	readonly code: ItemFailure;
	readonly scope: 'item' | 'source' | 'later';
	readonly retryInMs: number | null;

	constructor(
		code: ItemFailure,
		scope: 'item' | 'source' | 'later',
		{ retryInMs = null, ...options }: ErrorOptions & { retryInMs?: number | null } = {}
	) {
		super(code, options);
		this.code = code;
		this.scope = scope;
		this.retryInMs = retryInMs;
	}
}
