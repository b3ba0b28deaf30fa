import type { Description, Failure, Refusal } from '#contracts/upload';

/** Where one file stands. `received` is said of bytes; only the server's record makes it `ready`. */
export type UploadState =
	/** `sent`: bytes of an earlier try that are on the server already. */
	/** `isCompared`: one like it is on the server, and its bytes are read to see whether it is the same. */
	| { kind: 'waiting'; sent?: number; isCompared?: true }
	| { kind: 'sending'; sent: number }
	| { kind: 'paused'; sent: number }
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

/** What a file says about itself: its tags, as far as they could be read in the browser. */
export interface Tags {
	readonly title: string | null;
	readonly artist: string | null;
	readonly albumArtist: string | null;
	readonly album: string | null;
	readonly trackNumber: number | null;
	readonly discNumber: number | null;
	readonly genre: string | null;
	/** ISO 8601: a year, a month or a day. */
	readonly date: string | null;
}

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
	/** The server's name for it; null until it is registered. */
	readonly id: string | null;
	/** Null until they were read; also where there are none. */
	readonly tags: Tags | null;
	/** What the person says about it; goes before the tags. */
	readonly description: Description;
	/** It is, or will be, for everybody as soon as it plays. */
	readonly isPublic: boolean;
}

/** Why nothing is being sent although files wait; the person may have to do something about the last four. */
export type Hold = 'network' | 'server' | 'disk_full' | 'signed_out' | 'metered' | 'paused';

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
	/** Those of them that one click gives back, because the browser kept where they lie. */
	readonly reopenable: number;
	/** Files that another browser or computer of this person still has to send. */
	readonly elsewhere: number;
	/** Files that have arrived from there, of those that were announced with them. */
	readonly arrivedElsewhere: number;
	/** Files that were paused one by one. */
	readonly paused: number;
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
	reopenable: 0,
	elsewhere: 0,
	arrivedElsewhere: 0,
	paused: 0,
	bytes: 0,
	bytesSent: 0,
	bytesPerSecond: null,
	secondsLeft: null,
	active: false,
	hold: null
};
