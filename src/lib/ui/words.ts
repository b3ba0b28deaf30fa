import type { Role } from '#contracts/account';
import type { ProblemCode } from '#contracts/problem';
import type { Failure, Refusal } from '#contracts/upload';
import { percent } from './format.ts';

const PROBLEMS: Partial<Record<ProblemCode, string>> = {
	wrong_credentials: 'The e-mail address or the password is wrong.',
	too_many_requests: 'Too many tries. Wait a minute, then try again.',
	link_used: 'This link was used already or has run out. Ask for a new one.',
	email_taken: 'There is an account with this e-mail address already.',
	already_set_up: 'This portal is set up already. Sign in instead.',
	registration_closed: 'This portal takes no new people at the moment.',
	bad_request: 'Something is missing in what was sent.',
	unauthorized: 'Sign in first.',
	forbidden: 'This is not yours to see.',
	busy: 'The portal is busy. Try again in a moment.',
	stopping: 'The portal is restarting. Try again in a moment.'
};

export function problemWords(code: ProblemCode): string {
	return PROBLEMS[code] ?? 'Something went wrong here. Try again.';
}

/** How an upload stands, as the uploader tells it. */
type Standing =
	| { kind: 'sending' | 'unbound'; sent: number }
	| { kind: 'refused' | 'failed'; code: string }
	| { kind: string };

const STANDINGS: Record<string, string> = {
	waiting: 'Waiting',
	received: 'Arrived, being checked',
	processing: 'Being prepared',
	ready: 'Added',
	duplicate: 'Already here',
	cancelled: 'Cancelled'
};

type FileProblem = Failure | Refusal | 'changed_on_disk' | 'forbidden' | 'gone' | 'unexpected';

const FILE_PROBLEMS: Record<FileProblem, string> = {
	empty_file: 'The file is empty.',
	not_audio: 'This is neither music nor a cover.',
	too_large: 'Larger than this portal takes.',
	quota_exceeded: 'Your space here is used up.',
	disk_full: 'The portal’s disk is full.',
	checksum: 'It arrived damaged. Try again.',
	unreadable: 'The file is damaged: no player could read it.',
	no_sound: 'There is no sound in it.',
	timeout: 'It took too long to prepare. Try again.',
	cover_unplaced: 'A picture without music beside it.',
	poison: 'It could not be prepared, several times over.',
	expired: 'It was left half sent for too long. Try again.',
	changed_on_disk: 'The file changed or moved on your disk. Choose it again.',
	forbidden: 'You may not add music here.',
	gone: 'The portal no longer knows this upload. Try again.',
	unexpected: 'Something went wrong. Try again.'
};

export function uploadWords(standing: Standing, size: number): string {
	if (standing.kind === 'unbound') {
		const sent = 'sent' in standing ? percent(standing.sent, size) : 0;
		return sent > 0 ? `Waits for its file, ${sent} % is here` : 'Waits for its file';
	}
	if ('sent' in standing) return `Sending, ${percent(standing.sent, size)} %`;
	if ('code' in standing) return fileProblemWords(standing.code);
	return STANDINGS[standing.kind] ?? standing.kind;
}

export function fileProblemWords(code: string): string {
	return Object.hasOwn(FILE_PROBLEMS, code)
		? FILE_PROBLEMS[code as FileProblem]
		: FILE_PROBLEMS.unexpected;
}

/** These stay as they are, however often one tries. */
const FINAL = new Set<string>([
	'empty_file',
	'not_audio',
	'too_large',
	'unreadable',
	'no_sound',
	'cover_unplaced',
	'poison',
	'changed_on_disk',
	'forbidden'
] satisfies FileProblem[]);

export function mayHelpToRetry(code: string): boolean {
	return !FINAL.has(code);
}

const HOLDS: Record<string, (files: string) => string> = {
	network: (files) => `The network went away. ${files} and go on by themselves.`,
	server: (files) => `The portal does not answer. ${files} and go on by themselves.`,
	disk_full: (files) => `The portal’s disk is full. ${files} until there is room.`,
	signed_out: (files) => `You are signed out. ${files} until you sign in again.`
};

export function holdWords(hold: string, files: number): string {
	const waiting = files === 1 ? '1 file waits' : `${files.toLocaleString('en')} files wait`;
	const words = HOLDS[hold]?.(waiting) ?? `${waiting}.`;
	return files === 1 ? words.replace('go on by themselves', 'goes on by itself') : words;
}

/** Files of an earlier visit, which the browser may only open when it is given them again. */
export function unboundWords(files: number): string {
	return files === 1
		? '1 file waits to be dropped again'
		: `${files.toLocaleString('en')} files wait to be dropped again`;
}

export const ROLE_WORDS: Record<Role, string> = {
	owner: 'Owner',
	artist: 'Artist',
	listener: 'Listener'
};
