import { expect, test } from 'vitest';
import { linkName, linksText, parseLinks } from './links.ts';

test('a line is a link with a label or without one, and reads back as it was', () => {
	const text = 'My shop https://shop.example/a?b=c\nhttps://www.band.example';
	const { links } = parseLinks(text);
	expect(links).toEqual([
		{ label: 'My shop', url: 'https://shop.example/a?b=c' },
		{ label: '', url: 'https://www.band.example' }
	]);
	expect(links?.map(linkName)).toEqual(['My shop', 'band.example']);
	expect(linksText(links ?? [])).toBe(text);
	expect(parseLinks(' band.example \n\n').links).toEqual([
		{ label: '', url: 'https://band.example' }
	]);
});

test('what is no address on the web is named', () => {
	expect(parseLinks('https://a.example\njavascript:alert(1)').wrong).toBe('javascript:alert(1)');
	expect(parseLinks('write to me').wrong).toBe('write to me');
	expect(parseLinks(Array.from({ length: 13 }, (_, n) => `a${n}.example`).join('\n')).wrong).toBe(
		'a12.example'
	);
});
