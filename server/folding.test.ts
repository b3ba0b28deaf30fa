import { expect, test } from 'vitest';
import { nameKey, slugOf } from './folding.ts';

test('case, accents and spaces do not make another name', () => {
	expect(nameKey('  Sigur   RÓS ')).toBe(nameKey('sigur rós'));
	expect(nameKey('Sigur Ros')).toBe(nameKey('Sigur Rós'));
});

test('a name of marks alone keeps a key of its own', () => {
	expect(nameKey('̈')).not.toBe('');
});

test('a slug is readable, also in other scripts', () => {
	expect(slugOf('Night Drive (feat. Zoë)')).toBe('night-drive-feat-zoe');
	expect(slugOf('夜を越えて')).toBe('夜を越えて');
	expect(slugOf("Don't Stop")).toBe('dont-stop');
	expect(slugOf('🎧🎧')).toBe('untitled');
});

test('a very long title makes a short slug without a dash at its end', () => {
	const slug = slugOf(`${'word '.repeat(100)}`);

	expect(slug.length).toBeLessThanOrEqual(60);
	expect(slug).not.toMatch(/-$/);
});
