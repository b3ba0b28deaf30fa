import { expect, test } from 'vitest';
import { nextPath } from './next-path.ts';

test('a path of this portal is followed', () => {
	expect(nextPath('/releases/slow-weather?x=1#top')).toBe('/releases/slow-weather?x=1#top');
});

test.each([
	null,
	'',
	'https://evil.example/',
	'//evil.example',
	'/\\evil.example',
	'javascript:alert(1)',
	'/\t/evil.example',
	'/.//evil.example'
])('%j leads home', (asked) => {
	expect(nextPath(asked)).toBe('/');
});
