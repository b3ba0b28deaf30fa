import type { Failure, Refusal } from '#contracts/upload';
import type { Stage } from '#contracts/work';
import { joined, listed, number, plural } from '#language/numbers';
import { spoken } from '#language/spoken';
import { percent, rate } from './format.ts';

/** How an upload stands, as the uploader tells it. */
type Standing =
	| { kind: 'sending' | 'unbound' | 'paused'; sent: number }
	| { kind: 'refused' | 'failed'; code: string }
	| { kind: 'waiting'; sent?: number; isCompared?: true }
	| { kind: string };

const STANDINGS: Record<string, string> = spoken(() => ({
	received: 'Arrived, being checked',
	processing: 'Being prepared',
	ready: 'Added',
	duplicate: 'Already here',
	cancelled: 'Cancelled',
	paused: 'Paused'
}));

const STAGE_WORDS: Record<Stage, string> = spoken(() => ({
	verify: 'Checking that it arrived whole',
	identify: 'Looking what is in it',
	listen: 'Listening for damage',
	tags: 'Reading tags',
	cover: 'Making the cover',
	encode: 'Encoding it so that browsers play it',
	compare: 'Looking whether it is here already',
	measure: 'Drawing the waveform · plays already',
	gapless: 'Measuring the silence at its ends · plays already',
	aac: 'Making a copy for every browser · plays already',
	opus: 'Making a copy for slow lines · plays already'
}));

/** What the portal does with a file now. */
export function stageWords(stage: Stage): string {
	return STAGE_WORDS[stage];
}

type FileProblem = Failure | Refusal | 'changed_on_disk' | 'forbidden' | 'gone' | 'unexpected';

const FILE_PROBLEMS: Record<FileProblem, string> = spoken(() => ({
	empty_file: 'The file is empty.',
	not_audio: 'This is neither music nor a cover.',
	not_used: 'Cue sheets, logs and playlists are not used: tracks come from the music itself.',
	too_large: 'Larger than this portal takes.',
	quota_exceeded: 'Your space here is used up.',
	disk_full: 'The portal’s disk is full.',
	checksum: 'It arrived damaged. Try again.',
	unreadable: 'The file is damaged: no player could read it.',
	no_sound: 'There is no sound in it.',
	timeout: 'It took too long to prepare. Try again.',
	limits: 'It is made so that it would take up the whole portal. Save it anew as MP3 or FLAC.',
	protected: 'It is locked by copy protection. An unlocked MP3, M4A or FLAC of it plays here.',
	cover_unplaced: 'A picture without music beside it.',
	poison: 'It could not be prepared, several times over. The portal’s owner can try again.',
	expired: 'It was left half sent for too long. Try again.',
	changed_on_disk: 'The file changed or moved on your disk. Choose it again.',
	forbidden: 'You may not add music here.',
	gone: 'The portal no longer knows this upload. Try again.',
	unexpected: 'Something went wrong. Try again.'
}));

export function uploadWords(standing: Standing, size: number): string {
	if (standing.kind === 'unbound') {
		const sent = 'sent' in standing ? percent(standing.sent, size) : 0;
		return sent > 0 ? `Waits for its file, ${sent} % is here` : 'Waits for its file';
	}
	if (standing.kind === 'paused') {
		const sent = 'sent' in standing ? percent(standing.sent, size) : 0;
		return sent > 0 ? `Paused at ${sent} %` : 'Paused';
	}
	if ('isCompared' in standing) return STAGE_WORDS.compare;
	if (standing.kind === 'waiting') {
		const sent = 'sent' in standing ? percent(standing.sent ?? 0, size) : 0;
		return sent > 0 ? `Waiting, ${sent} % is here` : 'Waiting';
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
	'not_used',
	'too_large',
	'unreadable',
	'no_sound',
	'limits',
	'protected',
	'cover_unplaced',
	'poison',
	'changed_on_disk',
	'forbidden'
] satisfies FileProblem[]);

export function mayHelpToRetry(code: string): boolean {
	return !FINAL.has(code);
}

const HOLDS: Record<string, (files: number) => string> = {
	network: (files) =>
		plural(files, [
			'The network went away. # file waits and goes on by itself.',
			'The network went away. # files wait and go on by themselves.'
		]),
	server: (files) =>
		plural(files, [
			'The portal does not answer. # file waits and goes on by itself.',
			'The portal does not answer. # files wait and go on by themselves.'
		]),
	disk_full: (files) =>
		plural(files, [
			'The portal’s disk is full. # file waits until there is room.',
			'The portal’s disk is full. # files wait until there is room.'
		]),
	signed_out: (files) =>
		plural(files, [
			'You are signed out. # file waits until you sign in again.',
			'You are signed out. # files wait until you sign in again.'
		]),
	metered: (files) =>
		plural(files, [
			'This connection is metered or saves data. # file waits until you say so.',
			'This connection is metered or saves data. # files wait until you say so.'
		]),
	paused: (files) =>
		plural(files, [
			'Paused. # file waits until you go on.',
			'Paused. # files wait until you go on.'
		])
};

export function holdWords(hold: string, files: number): string {
	return HOLDS[hold]?.(files) ?? plural(files, ['# file waits.', '# files wait.']);
}

/** Files that were dropped in another browser, or at another computer. */
export function elsewhereWords(files: number, arrived: number): string {
	const waiting = plural(files, [
		'# file waits for the computer or browser it was dropped in.',
		'# files wait for the computer or browser they were dropped in.'
	]);
	if (arrived === 0) return waiting;
	const [some, all] = [number(arrived), number(arrived + files)];
	return `${some} of ${all} files arrived. ${waiting}`;
}

/** Files of a name and size that the portal has. */
export function comparedWords(files: number): string {
	return plural(files, [
		'Looking whether # file is here already',
		'Looking whether # files are here already'
	]);
}

/** Files of an earlier visit, which the browser may only open when it is given them again. */
export function unboundWords(files: number): string {
	return plural(files, ['# file waits to be dropped again', '# files wait to be dropped again']);
}

/** The same, where one click gives them back. */
export function reopenableWords(files: number): string {
	return plural(files, [
		'# file of an earlier visit is still on this computer.',
		'# files of an earlier visit are still on this computer.'
	]);
}

/** The same where there is little room. */
export function goOnWords(files: number): string {
	return plural(files, ['# file waits for your Go on', '# files wait for your Go on']);
}

/** Why several files failed, over their list. */
const CAUSES: Partial<Record<FileProblem, string>> = spoken(() => ({
	empty_file: 'Empty files',
	not_audio: 'Neither music nor a cover',
	not_used: 'Cue sheets, logs and playlists, which are not used',
	too_large: 'Larger than this portal takes',
	quota_exceeded: 'Your space here is used up',
	disk_full: 'The portal’s disk was full',
	checksum: 'Arrived damaged',
	unreadable: 'Damaged files, which no player could read',
	no_sound: 'No sound in them',
	timeout: 'Took too long to prepare',
	limits: 'Made so that they would take up the whole portal',
	protected: 'Locked by copy protection',
	cover_unplaced: 'Pictures without music beside them',
	poison: 'Could not be prepared, several times over',
	expired: 'Left half sent for too long',
	changed_on_disk: 'Changed or moved on your disk',
	forbidden: 'You may not add music here',
	gone: 'The portal no longer knows these',
	unexpected: 'Something went wrong'
}));

export function causeWords(code: string): string {
	return CAUSES[code as FileProblem] ?? 'Something went wrong';
}

/** What files came to; `added` holds those that were here already, which were not added. */
export function addedWords(
	added: number,
	duplicates: number,
	noun: 'track' | '' = 'track'
): string {
	const here = (n: number) => plural(n, ['# was here already', '# were here already']);
	const some = (n: number) =>
		noun ? plural(n, ['# track added', '# tracks added']) : plural(n, ['# added', '# added']);
	if (duplicates === 0) return some(added);
	if (added !== duplicates) return listed([some(added - duplicates), here(duplicates)]);
	return noun
		? plural(duplicates, ['# track was here already', '# tracks were here already'])
		: here(duplicates);
}

/** Of something that everybody sees, or will see. */
export function publishedWords(plays: boolean): string {
	return plays ? 'Public' : 'Public when ready';
}

const ENDINGS: Record<string, string> = spoken(() => ({
	hidden: 'hidden files',
	none: 'files without an ending',
	pictures: /* @wc-include */ 'pictures'
}));
/** What programs leave beside music. */
const COMPANIONS: Record<string, string> = spoken(() => ({
	'.cue': 'cue sheets',
	'.log': /* @wc-include */ 'logs',
	'.nfo': /* @wc-include */ 'notes',
	'.m3u': /* @wc-include */ 'playlists',
	'.m3u8': /* @wc-include */ 'playlists',
	'.pls': /* @wc-include */ 'playlists'
}));
const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
/** So many are worth reading. */
const ENDINGS_SHOWN = 6;

/** Files that were found in folders and are no music. */
export function leftOutWords(files: number, endings: readonly string[]): string {
	if (endings.length > 0 && endings.every((ending) => ending === 'pictures')) {
		return plural(files, [
			'# picture without music beside it was left out.',
			'# pictures without music beside them were left out.'
		]);
	}
	const unused = [...new Set(endings.flatMap((ending) => COMPANIONS[ending] ?? []))];
	if (endings.length > 0 && endings.every((ending) => ending in COMPANIONS)) {
		const out = plural(files, ['# file was left out', '# files were left out']);
		return `${out}: ${joined(unused)} are not used.`;
	}
	const also = unused.length > 0 ? `${capital(joined(unused))} are not used.` : '';
	const shown = endings.slice(0, ENDINGS_SHOWN).map((ending) => ENDINGS[ending] ?? ending);
	if (endings.length > shown.length) shown.push(/* @wc-include */ 'others');
	const out = plural(files, [
		'# file was left out, because it is neither music nor a cover',
		'# files were left out, because they are neither music nor covers'
	]);
	return [`${out}${shown.length > 0 ? `: ${listed(shown)}` : ''}.`, also].filter(Boolean).join(' ');
}

/**
 * What uploads take of the link, and what that means for whoever uses the portal meanwhile.
 * @param now bytes a second
 * @param best the most that it was lately
 */
export function pacedWords(now: number, best: number): string {
	const [used = '', unit = ''] = rate(now).split(' ');
	const most = rate(Math.max(now, best));
	const words = most.endsWith(` ${unit}`) ? used : `${used} ${unit}`;
	return `using ${words} of ${most}; pages stay fast`;
}
