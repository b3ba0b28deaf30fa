import { expect, test } from 'vitest';
import { STATUS, type ProblemCode } from '#contracts/problem';
import { FAILURES, REFUSALS, UPLOAD_STATES } from '#contracts/upload';
import { fileProblemWords, holdWords, mayHelpToRetry, problemWords, uploadWords } from './words.ts';

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
