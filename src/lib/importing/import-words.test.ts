import { expect, test } from 'vitest';
import type { ImportRecord } from '#contracts/import';
import { countWords, failureWords, keptWords, partOf, stateWords } from './import-words.ts';

const record = (items: ImportRecord['items'], state: ImportRecord['state'] = 'running') =>
	({ state, items }) as ImportRecord;

test('an import says what came, what was here and what did not come', () => {
	expect(countWords(record({ done: 0, skipped: 0, failed: 0 }))).toBe('Looking at what is there');
	expect(countWords(record({ total: 1024, done: 214, skipped: 0, failed: 0 }))).toBe(
		'214 of 1,024 brought over'
	);
	expect(countWords(record({ total: 9, done: 5, skipped: 3, failed: 1 }, 'done'))).toBe(
		'5 of 9 brought over, 3 here before, 1 could not be had'
	);
});

test('how far it is, is not said before it is known', () => {
	expect(partOf(record({ done: 3, skipped: 0, failed: 0 }))).toBeNull();
	expect(partOf(record({ total: 10, done: 3, skipped: 1, failed: 1 }))).toBe(0.5);
});

test('every reason has a sentence', () => {
	for (const code of ['unreachable', 'not_audio', 'checksum'] as const) {
		expect(failureWords(code)).toMatch(/\.$|\?$/);
	}
});

test('an import that watches says so, and what became of files that stay where they lie', () => {
	const items = { total: 4, done: 4, skipped: 0, failed: 0 };
	const watched = { ...record(items, 'done'), watching: true } as const;
	expect(stateWords(watched)).toBe('Watching for what is new');
	expect(stateWords({ ...watched, state: 'failed' })).toBe('Stopped, and watching');
	expect(stateWords(record(items, 'done'))).toBe('Done');
	const kept = { shared: 1_200, copied: 1, altered: 0, gone: 1 };
	expect(keptWords({ ...watched, kept })).toEqual([
		'1,200 files kept where they lie.',
		'1 file had to be copied: the disk cannot keep it in one place.',
		'1 file no longer where it lay; the portal has it still.'
	]);
});
