import type { Failure, Refusal } from '#contracts/upload';

/** Where one file stands. `received` is said of bytes; only the server's record makes it `ready`. */
export type UploadState =
	| { kind: 'waiting' }
	| { kind: 'sending'; sent: number }
	/** From an earlier visit: its bytes are on the person's disk, and the page must be given it again. */
	| { kind: 'unbound'; sent: number }
	| { kind: 'received' }
	| { kind: 'processing' }
	| { kind: 'ready'; trackId: string | null }
	| { kind: 'duplicate'; trackId: string | null }
	| { kind: 'refused'; code: Refusal }
	| { kind: 'failed'; code: Failure | SendFailure | Refusal }
	| { kind: 'cancelled' };

/** Why a file could not be sent, as the browser sees it. */
export type SendFailure = 'changed_on_disk' | 'forbidden' | 'gone' | 'unexpected';

/** One file on its way. Replaced whole when something changes, never mutated. */
export interface Upload {
	/** The client's own name for it; stays the same through every retry. */
	readonly key: string;
	readonly name: string;
	/** Folder and name as dropped, or null for a single file. */
	readonly path: string | null;
	/** Bytes. */
	readonly size: number;
	readonly state: UploadState;
}

/** Why nothing is being sent although files wait; the person may have to do something about the last two. */
export type Hold = 'network' | 'server' | 'disk_full' | 'signed_out';

/** The whole queue in numbers, kept as counters so that ten thousand files cost no more than one. */
export interface Summary {
	readonly files: number;
	/** Files whose bytes are all on the server, whatever became of them. */
	readonly sent: number;
	/** Files that play now, duplicates among them. */
	readonly ready: number;
	/** Refused and failed files. */
	readonly failed: number;
	/** Files on the server that do not play yet. */
	readonly processing: number;
	/** Files of an earlier visit that the page must be given again. */
	readonly unbound: number;
	readonly bytes: number;
	readonly bytesSent: number;
	/** Smoothed; null until something was sent. */
	readonly bytesPerSecond: number | null;
	readonly secondsLeft: number | null;
	/** Something waits, is being sent or is being processed. */
	readonly active: boolean;
	readonly hold: Hold | null;
}

export const EMPTY: Summary = {
	files: 0,
	sent: 0,
	ready: 0,
	failed: 0,
	processing: 0,
	unbound: 0,
	bytes: 0,
	bytesSent: 0,
	bytesPerSecond: null,
	secondsLeft: null,
	active: false,
	hold: null
};
