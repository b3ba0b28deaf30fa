import { expect, test } from 'vitest';
import {
	cleanGenre,
	cleanText,
	numberFrom,
	partialDate,
	titleFrom,
	unmangled
} from './metadata.ts';

test('a text loses what cannot be seen, and is null when nothing is left', () => {
	expect(cleanText('  Night\u0000Drive \u202e')).toBe('Night Drive');
	expect(cleanText('\u0007\u2028')).toBeNull();
	expect(cleanText(null)).toBeNull();
	expect(cleanText('\ud800x')?.isWellFormed()).toBe(true);
	expect(cleanText('a'.repeat(600))).toHaveLength(500);
});

test('of many genres the first few are kept', () => {
	expect(cleanGenre(['Jazz', '\u0000', 'Soul', 'Funk', 'Pop'])).toBe('Jazz, Soul, Funk');
	expect(cleanGenre([])).toBeNull();
	expect(cleanGenre(undefined)).toBeNull();
});

test.each([
	['2019', '2019'],
	['2019-05', '2019-05'],
	['2019-05-04T10:00:00', '2019-05-04'],
	['2024-02-29', '2024-02-29'],
	['2023-02-29', '2023-02'],
	['2019-13-01', '2019'],
	['2019-00', '2019'],
	['0000', null],
	['20190504', null],
	['4 May 2019', null]
])('%s is the date %s', (written, date) => {
	expect(partialDate(written)).toBe(date);
});

test('a file name gives a title and a number', () => {
	expect([titleFrom('03 - Night Drive.flac'), numberFrom('03 - Night Drive.flac')]).toEqual([
		'Night Drive',
		3
	]);
	expect([titleFrom('07.mp3'), numberFrom('07.mp3')]).toEqual(['07', 7]);
});

test('UTF-8 that was read as Latin-1 is put right, and Latin-1 stays', () => {
	const mangled = Buffer.from('夜 – Жанна').toString('latin1');

	expect(unmangled(mangled)).toBe('夜 – Жанна');
	expect(unmangled('Zoë')).toBe('Zoë');
	expect(unmangled('Ÿ Ж')).toBe('Ÿ Ж');
	expect(unmangled('plain')).toBe('plain');
});
