import type { NewUpload } from '#contracts/upload';
import type { JournalRecord } from './journal.ts';
import type { Priority } from './schedule.ts';
import type { Upload, UploadState } from './upload.ts';

/** A dropped file; `path` has its folder in front, or is null. */
export interface Dropped {
	file: File;
	path: string | null;
}

/** What the queue knows of one file beside what is shown. */
export interface Entry {
	upload: Upload;
	/** Null while the page has not been given it again. */
	file: File | null;
	/** Milliseconds since 1970. */
	lastModified: number;
	/** Place in the list. */
	order: number;
	priority: Priority;
	/** Its folder: folders take turns. */
	group: string;
	/** Null until it is registered. */
	url: string | null;
	id: string | null;
	/** Bytes may have been sent to this URL before. */
	wasTried: boolean;
	/** Failures that were the file's own; those of the network do not count. */
	failures: number;
	lane: AbortController | null;
}

type Known = Pick<Entry, 'upload' | 'file' | 'lastModified'>;

export function newEntry(
	{ file, path }: Dropped,
	{ key, order, isNew }: { key: string; order: number; isNew: boolean }
): Entry {
	return {
		upload: { key, name: file.name, path, size: file.size, state: { kind: 'waiting' } },
		file,
		lastModified: file.lastModified,
		order,
		priority: 'normal',
		group: groupOf(path),
		url: null,
		id: null,
		wasTried: !isNew,
		failures: 0,
		lane: null
	};
}

/** An entry of an earlier visit. */
export function fromRecord(record: JournalRecord): Entry {
	const { key, name, path, size, failure, lastModified, order, priority, id, url } = record;
	const state: UploadState =
		failure === null ? { kind: 'unbound', sent: 0 } : { kind: 'failed', code: failure };
	return {
		upload: { key, name, path, size, state },
		file: null,
		lastModified,
		order,
		priority,
		group: groupOf(path),
		url,
		id,
		wasTried: true,
		failures: 0,
		lane: null
	};
}

export function toRecord({ upload, id, url, priority, order, lastModified }: Entry): JournalRecord {
	const { key, name, path, size, state } = upload;
	const failure = state.kind === 'failed' || state.kind === 'refused' ? state.code : null;
	return { key, order, name, path, size, lastModified, priority, id, url, failure };
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
export function describe({ upload, file, lastModified }: Known): NewUpload {
	return {
		key: upload.key,
		name: upload.name,
		...(upload.path !== null && { path: upload.path }),
		size: upload.size,
		type: file?.type ?? '',
		lastModified
	};
}

function groupOf(path: string | null): string {
	return path === null ? '' : path.slice(0, path.lastIndexOf('/'));
}
