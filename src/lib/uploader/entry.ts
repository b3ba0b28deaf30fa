import type { Description, NewUpload } from '#contracts/upload';
import type { Arrived, JournalRecord } from './journal.ts';
import type { Place } from './place.ts';
import type { Priority } from './schedule.ts';
import type { Upload, UploadState } from './upload.ts';

/** A dropped file; `path` has its folder in front, or is null. */
export interface Dropped {
	file: File;
	path: string | null;
	/** Where it lies on the person's disk, when the browser gave a way back to it. */
	place?: Place | null;
	/** When another tab of this browser named it already. */
	key?: string;
}

/** What the queue knows of one file beside what is shown. */
export interface Entry {
	upload: Upload;
	/** Null while the page has not been given it again. */
	file: File | null;
	/** A way to open it again without asking for it. */
	place: Place | null;
	/** Milliseconds since 1970. */
	lastModified: number;
	/** Position in the list. */
	order: number;
	priority: Priority;
	/** Its folder: folders take turns. */
	group: string;
	/** Null until it is registered. */
	url: string | null;
	/** In hexadecimal, when there was a reason to compute it. */
	sha256: string | null;
	/** Of its first and last bytes, see `Inspector`; null until they were read. */
	fingerprint: string | null;
	/** Bytes of it that the server said it has. */
	sent: number;
	/** Bytes may have been sent to this URL before. */
	wasTried: boolean;
	isPaused: boolean;
	/** What was said of it after it was registered has reached the server. */
	isTold: boolean;
	/** The last time it was cancelled: what an earlier one would have done is off. */
	cancelling: object | null;
	/** It was registered at least once, though the answer may have been lost. */
	wasAnnounced: boolean;
	/** Failures that were the file's own; those of the network do not count. */
	failures: number;
	/** It waits out a failure of its own. */
	timer: ReturnType<typeof setTimeout> | null;
	lane: AbortController | null;
}

const looks = new WeakMap<File, { size: number; lastModified: number }>();

/** What the disk says of a file now. Browsers ask another process at each look, and the page waits for it: so, once. */
export function looksOf(file: File): { size: number; lastModified: number } {
	const known = looks.get(file);
	if (known) return known;
	const { size, lastModified } = file;
	const seen = { size, lastModified };
	looks.set(file, seen);
	return seen;
}

export function newEntry(
	{ file, path, place = null }: Dropped,
	{
		key,
		order,
		isNew,
		description,
		isPublic
	}: {
		key: string;
		order: number;
		isNew: boolean;
		description: Description;
		isPublic: boolean;
	}
): Entry {
	const { size, lastModified } = looksOf(file);
	const { name } = file;
	return {
		...blank(path),
		upload: {
			...{ key, name, path, size, state: { kind: 'waiting' }, id: null },
			...{ tags: null, description, isPublic }
		},
		file,
		place,
		lastModified,
		order,
		wasTried: !isNew
	};
}

/** In line, with what an earlier try left on the server. */
export const waiting = ({ sent }: Entry): Extract<UploadState, { kind: 'waiting' }> =>
	sent > 0 ? { kind: 'waiting', sent } : { kind: 'waiting' };

/** An entry of an earlier visit. */
export function fromRecord(record: JournalRecord): Entry {
	const { key, name, path, size, id, tags, description, isPublic } = record;
	const { url, place, lastModified, order, priority, isPaused, isTold } = record;
	return {
		...blank(path),
		upload: { key, name, path, size, id, tags, description, isPublic, state: stateOf(record) },
		...{ url, place, lastModified, order, priority, isPaused, isTold },
		// A journal of an older portal has none.
		fingerprint: record.fingerprint ?? null,
		wasTried: true,
		wasAnnounced: true
	};
}

function stateOf({ failure, isCancelled, arrived }: JournalRecord): UploadState {
	if (arrived) return arrived;
	if (isCancelled) return { kind: 'cancelled' };
	return failure === null ? { kind: 'unbound', sent: 0 } : { kind: 'failed', code: failure };
}

export function toRecord(entry: Entry): JournalRecord {
	const { state, ...upload } = entry.upload;
	const { url, place, lastModified, fingerprint, order, priority, isPaused, isTold } = entry;
	return {
		...upload,
		...{ url, place, lastModified, fingerprint, order, priority, isPaused, isTold },
		failure: state.kind === 'failed' || state.kind === 'refused' ? state.code : null,
		isCancelled: state.kind === 'cancelled',
		arrived: arrivedAs(state)
	};
}

function arrivedAs(state: UploadState): Arrived | null {
	switch (state.kind) {
		case 'received':
		case 'processing':
			return { kind: 'received' };
		case 'ready':
		case 'duplicate':
			return state;
		default:
			return null;
	}
}

/** What tells that a file on disk is the one that was dropped, without reading it. */
export function signature({
	upload: { name, path, size },
	lastModified
}: {
	upload: Pick<Upload, 'name' | 'path' | 'size'>;
	lastModified: number;
}): string {
	return JSON.stringify([path ?? name, size, lastModified]);
}

/** As the server is asked about it. */
export function announce({ upload, file, lastModified, sha256 }: Entry): NewUpload {
	const { key, name, path, size, description } = upload;
	return {
		...{ key, name, size, lastModified, type: file?.type ?? '' },
		...(path !== null && { path }),
		...(sha256 !== null && { sha256 }),
		...(!isEmpty(description) && { description })
	};
}

const isEmpty = (description: Description) => Object.keys(description).length === 0;

function blank(path: string | null) {
	return {
		file: null,
		priority: 'normal' as const,
		group: path === null ? '' : path.slice(0, path.lastIndexOf('/')),
		url: null,
		sha256: null,
		fingerprint: null,
		sent: 0,
		isPaused: false,
		isTold: true,
		cancelling: null,
		wasAnnounced: false,
		failures: 0,
		timer: null,
		lane: null
	};
}
