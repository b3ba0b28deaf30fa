import type { Person } from '#contracts/account';
import type { ImportOrder, ImportSource } from '#contracts/import';
import type { Log } from '../ops/log.ts';
import type { Fetched, ListedItem, ListedPage, ListedPlaylist, Resume } from './items.ts';
import type { Outgoing } from './outgoing.ts';
import type { Reader } from './reader.ts';

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
