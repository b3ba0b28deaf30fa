import { expect, test } from 'vitest';
import { Problem } from '#contracts/problem';
import { failureOf, Hopeless } from './failure.ts';

const coded = (code: string) => Object.assign(new Error('what it says'), { code });
const reasoned = (reason: string) => Object.assign(new Error('what it says'), { reason });

test.each([
	['ENOSPC', coded('ENOSPC'), 'disk_full', 'machine'],
	['a full disk of ours', new Problem('disk_full'), 'disk_full', 'machine'],
	['a busy database', new Problem('busy'), 'busy', 'machine'],
	['no ffmpeg', reasoned('missing'), 'program_missing', 'machine'],
	['ffmpeg ended from outside', reasoned('killed'), 'program_killed', 'transient'],
	['a folder that is not there', coded('ENOENT'), 'file_missing', 'transient'],
	['a code that nobody knows', coded('toString'), 'unexpected', 'transient'],
	['a bug', new TypeError('x is not a function'), 'unexpected', 'transient'],
	['what is no error', 'just words', 'unexpected', 'transient'],
	['a job that ends the process', new Hopeless('process_died'), 'process_died', 'poison']
])('%s', (_what, error, cause, sort) => {
	expect(failureOf(error)).toMatchObject({ cause, sort });
});

test('the cause of an error tells, when the error itself does not', () => {
	expect(failureOf(new Error('no cover', { cause: coded('ENOSPC') })).cause).toBe('disk_full');
});

test('the detail is all there is to know, short enough to be kept', () => {
	const error = new Error('no cover', { cause: new Error('x'.repeat(5_000)) });

	const { detail } = failureOf(error);

	expect(detail).toMatch(/^Error: no cover\nbecause of Error: x+…$/);
	expect(detail.length).toBeLessThan(2_100);
});

test('an error that is its own cause ends', () => {
	const error = new Error('round');
	error.cause = error;

	expect(failureOf(error).detail).toContain('round');
});

test('a terminal is told nothing but words', () => {
	const { detail } = failureOf(new Error('title: \u001b]0;owned\u0007\r\u009b2J'));

	expect(detail).toBe('Error: title:  ]0;owned   2J');
});
