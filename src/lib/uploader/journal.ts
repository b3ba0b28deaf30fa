import type { Description, Failure, Refusal } from '#contracts/upload';
import type { Place } from './place.ts';
import type { Priority } from './schedule.ts';
import type { SendFailure, Tags, UploadState } from './upload.ts';

/** What became of a file that is all there. */
export type Arrived = Extract<UploadState, { kind: 'received' | 'ready' | 'duplicate' }>;

/** What is remembered of a file, so that another visit can go on with it. */
export interface JournalRecord {
	key: string;
	/** Position in the list. */
	order: number;
	name: string;
	path: string | null;
	/** Bytes. */
	size: number;
	/** Milliseconds since 1970: with path and size it tells whether a file is still the same one. */
	lastModified: number;
	/** Of its first and last bytes: what was written over without a trace in size and date is another file. */
	fingerprint: string | null;
	priority: Priority;
	/** Null until it is registered. */
	id: string | null;
	url: string | null;
	/** Where the browser can open it again, when it knows. */
	place: Place | null;
	isPaused: boolean;
	tags: Tags | null;
	description: Description;
	isPublic: boolean;
	/** The server knows the description and whether it is public. */
	isTold: boolean;
	/** What arrived of it is still to be forgotten by the server. */
	isCancelled: boolean;
	/** All of it is on the server; others that came with it are not. A journal of an older portal does not say it. */
	arrived?: Arrived | null;
	/** Why it is among the failed ones, or null when it still has to arrive. */
	failure: Failure | SendFailure | Refusal | null;
}

/** The queue as it was at the last visit. Losing it loses convenience, never bytes that the server has. */
export interface Journal {
	/** In the order of the list. */
	load(): Promise<JournalRecord[]>;
	put(records: readonly JournalRecord[]): void;
	remove(keys: readonly string[]): void;
	/** Resolves once everything that was put or removed is written. */
	flush(): Promise<void>;
	close(): void;
}
