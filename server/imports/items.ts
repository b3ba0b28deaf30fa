import type { Readable } from 'node:stream';
import type { Description } from '#contracts/upload';

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
