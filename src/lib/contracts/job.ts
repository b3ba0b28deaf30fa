/** Why work could not be done, with what the owner reads of it. */
const sentences = () => ({
	disk_full: 'The disk is full.',
	disk_error: 'The disk could not be read or written.',
	file_missing: 'A file or folder that it needs is not there.',
	not_allowed: 'Segue may not read or write a file that it needs.',
	no_memory: 'There was not enough memory.',
	too_many_files: 'Too many files were open at once.',
	busy: 'The database was busy for too long.',
	program_missing: 'A program that Segue needs is not installed.',
	program_killed: 'A program was ended from outside, often because memory ran out.',
	program_failed: 'A program that works on files failed.',
	process_died: 'Segue itself stopped each time it worked on this.',
	no_worker: 'This version of Segue does not know this kind of work.',
	unexpected: 'Something happened that Segue does not know.'
});

export type Cause = keyof ReturnType<typeof sentences>;

const isCause = (code: string): code is Cause => Object.hasOwn(sentences(), code);

/** A sentence for a cause; one that another version wrote is `unexpected`. */
export function causeSentence(code: string): string {
	return sentences()[isCause(code) ? code : 'unexpected'];
}

const kinds = (): Record<string, string> => ({
	ingest: 'Preparing uploads',
	measure: 'Waveforms and loudness',
	rendition: 'Encoding for playing'
});

/** What a kind of work is, for people. */
export function kindWords(kind: string): string {
	return kinds()[kind] ?? kind;
}

/** How many jobs of one kind there are. */
export interface JobCounts {
	kind: string;
	waiting: number;
	running: number;
	/** Given up, and kept for somebody to look at. */
	dead: number;
}

/** Jobs of one kind that failed for one reason. */
export interface JobGroup {
	kind: string;
	cause: string;
	count: number;
}

/** A job that was given up. Times are milliseconds since 1970. */
export interface DeadLetter {
	id: number;
	kind: string;
	/** A `Cause`, unless another version wrote it. */
	cause: string;
	/** What it was to work on: a file with its folder, a track's title, or else its payload. */
	about: string;
	/** The name of the person whose work it is; null for the portal's own. */
	owner: string | null;
	attempts: number;
	addedAt: number;
	firstFailedAt: number;
	lastFailedAt: number;
	/** What the program or the system said, for whoever mends it. */
	detail: string;
}
