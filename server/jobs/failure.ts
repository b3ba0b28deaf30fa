import { causeSentence, type Cause } from '#contracts/job';

/** The longest detail that is kept, in characters: ffmpeg can say a lot. */
const MAX_DETAIL = 2_000;
/** A chain longer than this says nothing more. */
const MAX_DEPTH = 5;

/** Codes of errors, and reasons of programs that failed, by what they come to. */
const KNOWN: Record<string, Cause> = {
	disk_full: 'disk_full',
	ENOSPC: 'disk_full',
	EDQUOT: 'disk_full',
	EIO: 'disk_error',
	EROFS: 'not_allowed',
	EACCES: 'not_allowed',
	EPERM: 'not_allowed',
	ENOENT: 'file_missing',
	ENOTDIR: 'file_missing',
	ENOMEM: 'no_memory',
	ERR_WORKER_OUT_OF_MEMORY: 'no_memory',
	EMFILE: 'too_many_files',
	ENFILE: 'too_many_files',
	busy: 'busy',
	missing: 'program_missing',
	killed: 'program_killed',
	exit: 'program_failed',
	crashed: 'program_failed',
	limits: 'program_failed',
	timeout: 'program_failed'
};

/** No fault of the job: it is tried again until the machine is mended, and its attempts stay what they were. */
const OF_THE_MACHINE: ReadonlySet<Cause> = new Set<Cause>([
	'disk_full',
	'no_memory',
	'too_many_files',
	'busy',
	'program_missing'
]);
/** Trying again would come to the same. */
const POISON: ReadonlySet<Cause> = new Set<Cause>(['process_died', 'no_worker']);

export interface Failure {
	cause: Cause;
	/** `machine` waits and does not count, `transient` is tried a few times, `poison` is given up at once. */
	sort: 'machine' | 'transient' | 'poison';
	/** For whoever mends it: the error and what it came from, without control characters. */
	detail: string;
}

/** Ends a job that is not to be tried again. */
export class Hopeless extends Error {
	override readonly name = 'Hopeless';
	readonly code: Cause;

	constructor(code: Cause) {
		super(causeSentence(code));
		this.code = code;
	}
}

/** What an error that ended a job's attempt comes to. */
export function failureOf(error: unknown): Failure {
	const chain = chainOf(error);
	const cause = chain.map(causeOf).find((found) => found !== null) ?? 'unexpected';
	const sort = OF_THE_MACHINE.has(cause) ? 'machine' : POISON.has(cause) ? 'poison' : 'transient';
	return { cause, sort, detail: printable(chain.map(String).join('\nbecause of ')) };
}

function chainOf(error: unknown): unknown[] {
	const chain = [error];
	for (let last = error; chain.length < MAX_DEPTH; chain.push(last)) {
		if (!(last instanceof Error) || last.cause === undefined) break;
		last = last.cause;
	}
	return chain;
}

function causeOf(error: unknown): Cause | null {
	if (error instanceof Hopeless) return error.code;
	if (!(error instanceof Error)) return null;
	const says = 'code' in error ? error.code : 'reason' in error ? error.reason : null;
	return typeof says === 'string' && Object.hasOwn(KNOWN, says) ? (KNOWN[says] ?? null) : null;
}

/** What ffmpeg says may hold a file's tags, and a terminal obeys what it is shown. */
function printable(text: string): string {
	const plain = text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ').trim();
	return plain.length > MAX_DETAIL ? `${plain.slice(0, MAX_DETAIL)}…` : plain;
}
