import { expect, test } from 'vitest';
import { jobLines } from './job-list.ts';

const now = Date.UTC(2026, 10, 21, 15, 0);
const letter = {
	...{ id: 7, kind: 'ingest', cause: 'disk_error', about: 'Coast/01.flac', owner: 'Ada' },
	...{ attempts: 3, addedAt: now, detail: 'Error: EIO\nbecause of Error: cable' },
	...{ firstFailedAt: now - 24 * 3_600_000, lastFailedAt: now - 60_000 }
};
const counts = [{ kind: 'ingest', waiting: 2, running: 1, dead: 1 }];

test('what was given up is listed with its reason', () => {
	expect(jobLines({ counts, letters: [letter], now })).toEqual([
		'Preparing uploads: 2 waiting, 1 running, 1 given up',
		'',
		'7  Coast/01.flac, Ada’s',
		'    The disk could not be read or written.',
		'    Tried 3 times, first failed on 2026-11-20 at 15:00:00 UTC, last at 14:59:00 UTC.',
		'    Error: EIO',
		'    because of Error: cable'
	]);
});

test('names and what programs say give a terminal no orders', () => {
	const hostile = { ...letter, about: 'a\u001b]0;b\u0007\n.mp3', owner: null, detail: '\u009b2J' };

	const lines = jobLines({ counts, letters: [hostile], now });

	expect(lines).toContain('7  a?]0;b??.mp3');
	expect(lines.at(-1)).toBe('    ?2J');
});

test('no work at all is said in words', () => {
	expect(jobLines({ counts: [], letters: [], now })).toEqual(['There is nothing to do.']);
});

test('what is not listed is counted', () => {
	const many = [{ kind: 'ingest', waiting: 0, running: 0, dead: 3 }];

	expect(jobLines({ counts: many, letters: [letter], now }).at(-1)).toBe('And 2 more.');
});
