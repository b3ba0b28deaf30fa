import type { ImportFailure, ImportRecord, ItemFailure } from '#contracts/import';
import type { ProblemCode } from '#contracts/problem';
import { listed, number, plural } from '#language/numbers';
import { spoken } from '#language/spoken';

const FAILURES: Record<ImportFailure, string> = spoken(() => ({
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
}));

const OTHERS: Partial<Record<ItemFailure, string>> = spoken(() => ({
	not_audio: 'This is not music.',
	empty_file: 'The file is empty.',
	unreadable: 'The file is damaged.',
	no_sound: 'There is no sound in it.',
	protected: 'It is copy-protected.',
	disk_full: 'The portal’s disk is full.',
	quota_exceeded: 'Your room on this portal is used up.',
	poison: 'It could not be prepared, though it was tried several times.'
}));

/** Why an import or one of its items did not come. */
export function failureWords(code: ItemFailure): string {
	return (
		(FAILURES as Partial<Record<ItemFailure, string>>)[code] ?? OTHERS[code] ?? FAILURES.unexpected
	);
}

const REFUSALS: Partial<Record<ProblemCode, string>> = spoken(() => ({
	import_running: 'You are importing from there already: see below.',
	import_state: 'It has moved on meanwhile.',
	not_offered: 'This portal does not import from there.',
	not_found: 'There is no such folder here that may be imported.',
	bad_request: 'Something is missing: a full address begins with https://.',
	unauthorized: 'Sign in first.',
	forbidden: 'Only artists add music.',
	password_needed: 'Its password is needed once more.',
	too_many_requests: 'Too many tries. Wait a minute, then try again.'
}));

/** Why the portal did not do what was asked. */
export const refusalWords = (code: ProblemCode | null): string =>
	(code && REFUSALS[code]) ?? 'The portal did not answer. Try again.';

/** `214 of 1,024 here, 3 could not be had`. */
export function countWords({ state, items, playlists }: ImportRecord): string {
	const { total, done, skipped, failed } = items;
	if (total === undefined && done + skipped + failed === 0) {
		return state === 'running' ? 'Looking at what is there' : '';
	}
	if (total === 0) return 'There was no music';
	const parts = [
		total === undefined
			? plural(done, ['# brought over', '# brought over'])
			: `${number(done)} of ${number(total)} brought over`
	];
	if (skipped > 0) parts.push(plural(skipped, ['# here before', '# here before']));
	if (failed > 0) parts.push(plural(failed, ['# could not be had', '# could not be had']));
	if (playlists !== undefined) parts.push(plural(playlists, ['# playlist', '# playlists']));
	return listed(parts);
}

/** How much of it is over, 0 to 1; null when nobody knows. */
export function partOf({ items: { total, done, skipped, failed } }: ImportRecord): number | null {
	return total === undefined || total === 0 ? null : Math.min(1, (done + skipped + failed) / total);
}

export const STATE_WORDS: Record<ImportRecord['state'], string> = spoken(() => ({
	queued: 'Waiting in line',
	running: 'Importing',
	paused: 'Paused',
	done: 'Done',
	failed: 'Stopped',
	cancelled: 'Cancelled'
}));

/** What becomes of it now. */
export function stateWords({ state, watching }: ImportRecord): string {
	if (!watching) return STATE_WORDS[state];
	return state === 'done' ? 'Watching for what is new' : `${STATE_WORDS[state]}, and watching`;
}

/** What became of files that were to stay where they lie. */
export function keptWords({ kept }: ImportRecord): string[] {
	if (!kept) return [];
	const { shared, copied, altered, gone } = kept;
	const lines: string[] = [];
	if (shared > 0) {
		lines.push(plural(shared, ['# file kept where it lies.', '# files kept where they lie.']));
	}
	if (copied > 0) {
		lines.push(
			plural(copied, [
				'# file had to be copied: the disk cannot keep it in one place.',
				'# files had to be copied: the disk cannot keep them in one place.'
			])
		);
	}
	if (altered > 0) {
		lines.push(
			plural(altered, [
				'# file written to since, and so what the portal keeps of it changed too. Import the folder once more.',
				'# files written to since, and so what the portal keeps of them changed too. Import the folder once more.'
			])
		);
	}
	if (gone > 0) {
		lines.push(
			plural(gone, [
				'# file no longer where it lay; the portal has it still.',
				'# files no longer where they lay; the portal has them still.'
			])
		);
	}
	return lines;
}
