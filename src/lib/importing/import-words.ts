import type { ImportFailure, ImportRecord, ItemFailure } from '#contracts/import';
import type { ProblemCode } from '#contracts/problem';

const FAILURES: Record<ImportFailure, string> = {
	unreachable: 'It could not be reached. Is the address right?',
	wrong_credentials: 'It does not take this user name and password.',
	not_allowed: 'It does not let us have this.',
	not_there: 'There is nothing at this address.',
	rate_limited: 'It asked us to come back later.',
	source_failed: 'It answered with an error.',
	not_understood: 'What it answered is not what it should be.',
	timeout: 'It was too slow.',
	too_many_redirects: 'It leads from one address to the next.',
	too_large: 'It is larger than this portal takes.',
	too_many_items: 'It lists more than can be imported at once.',
	wrong_length: 'It sent less or more than it said.',
	bomb: 'What it sent unpacks to far too much.',
	unsafe_archive: 'The archive is not safe to open.',
	encrypted: 'It is encrypted.',
	changed_meanwhile: 'It changed while it was fetched.',
	password_needed: 'Its password is needed once more.',
	unexpected: 'Something went wrong here.'
};

const OTHERS: Partial<Record<ItemFailure, string>> = {
	not_audio: 'This is not music.',
	empty_file: 'The file is empty.',
	unreadable: 'The file is damaged.',
	no_sound: 'There is no sound in it.',
	protected: 'It is copy-protected.',
	disk_full: 'The portal’s disk is full.',
	quota_exceeded: 'Your room on this portal is used up.',
	poison: 'It could not be prepared, though it was tried several times.'
};

/** Why an import or one of its items did not come. */
export function failureWords(code: ItemFailure): string {
	return (
		(FAILURES as Partial<Record<ItemFailure, string>>)[code] ?? OTHERS[code] ?? FAILURES.unexpected
	);
}

const REFUSALS: Partial<Record<ProblemCode, string>> = {
	import_running: 'You are importing from there already: see below.',
	import_state: 'It has moved on meanwhile.',
	not_offered: 'This portal does not import from there.',
	not_found: 'There is no such folder here that may be imported.',
	bad_request: 'Something is missing: a full address begins with https://.',
	unauthorized: 'Sign in first.',
	forbidden: 'Only artists add music.',
	password_needed: 'Its password is needed once more.'
};

/** Why the portal did not do what was asked. */
export const refusalWords = (code: ProblemCode | null): string =>
	(code && REFUSALS[code]) ?? 'The portal did not answer. Try again.';

const n = (of: number) => of.toLocaleString('en');

/** `214 of 1,024 here, 3 could not be had`. */
export function countWords({ state, items, playlists }: ImportRecord): string {
	const { total, done, skipped, failed } = items;
	if (total === undefined && done + skipped + failed === 0) {
		return state === 'running' ? 'Looking at what is there' : '';
	}
	if (total === 0) return 'There was no music';
	const of = total === undefined ? '' : ` of ${n(total)}`;
	const parts = [`${n(done)}${of} brought over`];
	if (skipped > 0) parts.push(`${n(skipped)} here before`);
	if (failed > 0) parts.push(`${n(failed)} could not be had`);
	if (playlists !== undefined)
		parts.push(playlists === 1 ? '1 playlist' : `${n(playlists)} playlists`);
	return parts.join(', ');
}

/** How much of it is over, 0 to 1; null when nobody knows. */
export function partOf({ items: { total, done, skipped, failed } }: ImportRecord): number | null {
	return total === undefined || total === 0 ? null : Math.min(1, (done + skipped + failed) / total);
}

export const STATE_WORDS: Record<ImportRecord['state'], string> = {
	queued: 'Waiting in line',
	running: 'Importing',
	paused: 'Paused',
	done: 'Done',
	failed: 'Stopped',
	cancelled: 'Cancelled'
};

/** What becomes of it now. */
export function stateWords({ state, watching }: ImportRecord): string {
	if (!watching) return STATE_WORDS[state];
	return state === 'done' ? 'Watching for what is new' : `${STATE_WORDS[state]}, and watching`;
}

/** What became of files that were to stay where they lie. */
export function keptWords({ kept }: ImportRecord): string[] {
	if (!kept) return [];
	const { shared, copied, altered, gone } = kept;
	const files = (count: number) => (count === 1 ? '1 file' : `${n(count)} files`);
	const lines: string[] = [];
	if (shared > 0)
		lines.push(`${files(shared)} kept where ${shared === 1 ? 'it lies' : 'they lie'}.`);
	if (copied > 0)
		lines.push(
			`${files(copied)} had to be copied: the disk cannot keep ${copied === 1 ? 'it' : 'them'} in one place.`
		);
	if (altered > 0) {
		lines.push(
			`${files(altered)} written to since, and so what the portal keeps of ${altered === 1 ? 'it' : 'them'} changed too. Import the folder once more.`
		);
	}
	if (gone > 0)
		lines.push(
			`${files(gone)} no longer where ${gone === 1 ? 'it' : 'they'} lay; the portal has ${gone === 1 ? 'it' : 'them'} still.`
		);
	return lines;
}
