import { expect, test } from 'vitest';
import { STATUS, type ProblemCode } from '#contracts/problem';
import { FAILURES, REFUSALS, UPLOAD_STATES } from '#contracts/upload';
import {
	addedWords,
	causeWords,
	fileProblemWords,
	goOnWords,
	holdWords,
	leftOutWords,
	mayHelpToRetry,
	uploadWords,
	pacedWords
} from './upload-words.ts';
import { problemWords } from './words.ts';

test('every problem has a sentence', () => {
	for (const code of Object.keys(STATUS) as ProblemCode[]) {
		expect(problemWords(code)).toMatch(/^[A-Z].*\.$/);
	}
});

test('every reason why a file fails has its own sentence', () => {
	const codes = new Set([...FAILURES, ...REFUSALS]);
	const sentences = new Set([...codes].map(fileProblemWords));

	expect(sentences.size).toBe(codes.size);
	expect(fileProblemWords('never heard of')).toMatch(/Try again/);
});

test('every state of an upload is said in words', () => {
	const quiet = UPLOAD_STATES.filter((kind) => !['sending', 'failed', 'verifying'].includes(kind));
	for (const kind of quiet) expect(uploadWords({ kind }, 1)).not.toBe(kind);
	expect(uploadWords({ kind: 'sending', sent: 50 }, 200)).toBe('Sending, 25 %');
	expect(uploadWords({ kind: 'failed', code: 'no_sound' }, 1)).toBe('There is no sound in it.');
});

test('a file that is no music is not tried again', () => {
	expect([mayHelpToRetry('not_audio'), mayHelpToRetry('checksum')]).toEqual([false, true]);
});

test('what waits is said with its number', () => {
	expect(holdWords('network', 214)).toBe(
		'The network went away. 214 files wait and go on by themselves.'
	);
	expect(holdWords('network', 1)).toBe(
		'The network went away. 1 file waits and goes on by itself.'
	);
});

test('why several files failed is said over them', () => {
	const codes = [...FAILURES, ...REFUSALS];
	for (const code of codes) expect(causeWords(code)).not.toBe(causeWords('unexpected'));
	expect(causeWords('never heard of')).toBe(causeWords('unexpected'));
});

test('what was here already was not added', () => {
	expect(addedWords(3, 0)).toBe('3 tracks added');
	expect(addedWords(5, 2)).toBe('3 tracks added, 2 were here already');
	expect(addedWords(2, 2)).toBe('2 tracks were here already');
	expect(addedWords(1, 1)).toBe('1 track was here already');
});

test('what was left out is said with its endings', () => {
	expect(leftOutWords(3, ['.txt', 'hidden'])).toBe(
		'3 files were left out, because they are neither music nor covers: .txt, hidden files.'
	);
	expect(leftOutWords(9, ['.a', '.b', '.c', '.d', '.e', '.f', '.g'])).toMatch(/\.f, others\.$/);
});

test('what lies beside music is named as not used', () => {
	expect(leftOutWords(1, ['.cue'])).toBe('1 file was left out: cue sheets are not used.');
	expect(leftOutWords(4, ['.cue', '.log', '.m3u', '.m3u8'])).toBe(
		'4 files were left out: cue sheets, logs and playlists are not used.'
	);
	expect(leftOutWords(2, ['.txt', '.cue'])).toBe(
		'2 files were left out, because they are neither music nor covers: .txt, .cue. Cue sheets are not used.'
	);
});

test('pictures that are all there was are said so', () => {
	expect(leftOutWords(2, ['pictures'])).toBe('2 pictures without music beside them were left out.');
	expect(leftOutWords(1, ['pictures'])).toBe('1 picture without music beside it was left out.');
	expect(leftOutWords(3, ['.txt', 'pictures'])).toMatch(/: \.txt, pictures\.$/);
});

test('files that one click gives back wait for that click', () => {
	expect(goOnWords(429)).toBe('429 files wait for your Go on');
	expect(goOnWords(1)).toBe('1 file waits for your Go on');
});

test('a paused file says how far it came', () => {
	expect(uploadWords({ kind: 'paused', sent: 50 }, 200)).toBe('Paused at 25 %');
	expect(uploadWords({ kind: 'paused', sent: 0 }, 200)).toBe('Paused');
});

test('a file in line says what an earlier try left on the server', () => {
	expect(uploadWords({ kind: 'waiting' }, 200)).toBe('Waiting');
	expect(uploadWords({ kind: 'waiting', sent: 0 }, 200)).toBe('Waiting');
	expect(uploadWords({ kind: 'waiting', sent: 150 }, 200)).toBe('Waiting, 75 % is here');
});

test('what uploads take of the link is said in what people know their line by', () => {
	expect(pacedWords(2_250_000, 2_500_000)).toBe('using 18 of 20 Mbit/s; pages stay fast');
	expect(pacedWords(50_000, 2_500_000)).toBe('using 400 kbit/s of 20 Mbit/s; pages stay fast');
	expect(pacedWords(2_500_000, 0)).toBe('using 20 of 20 Mbit/s; pages stay fast');
});
