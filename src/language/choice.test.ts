import { expect, test } from 'vitest';
import { chooseLanguage } from './choice.ts';

test('what somebody chose goes before what their browser asks for', () => {
	expect(chooseLanguage('ar', 'de')).toBe('ar');
	expect(chooseLanguage('tlh', 'de')).toBe('de');
});

test.each([
	['de-AT,de;q=0.9,en;q=0.8', 'de'],
	['fr, ar;q=0.4, en;q=0.3', 'ar'],
	['en;q=0.1, de;q=0.2', 'de'],
	['en, de', 'en'],
	['de;q=0, fr', 'en'],
	['DE', 'de'],
	['fr', 'en'],
	['*', 'en'],
	['', 'en'],
	[null, 'en'],
	['de;q=nonsense', 'en'],
	['de;q=7', 'en'],
	['constructor, __proto__', 'en'],
	[`${'x,'.repeat(50_000)}de`, 'en']
])('of %s it is the best that there is', (accepted, language) => {
	expect(chooseLanguage(undefined, accepted)).toBe(language);
});
