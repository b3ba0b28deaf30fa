import { afterEach, expect, test } from 'vitest';
import { inLanguage } from './per-request.server.ts';
import { joined, number, plural } from './numbers.ts';
import { language, type Language } from './language.ts';
import { spoken } from './spoken.ts';

const ARABIC = ['none', 'one', 'two', '# few', '# many', '# other'];

afterEach(() => expect(language()).toBe('en'));

test('English and German have two forms', () => {
	const forms = ['# track', '# tracks'];
	expect([0, 1, 2, 1024].map((n) => plural(n, forms, 'en'))).toEqual([
		'0 tracks',
		'1 track',
		'2 tracks',
		'1,024 tracks'
	]);
	expect(plural(1024, forms, 'de')).toBe('1.024 tracks');
});

test('Arabic has six', () => {
	expect([0, 1, 2, 3, 10, 11, 99, 100, 102, 103].map((n) => plural(n, ARABIC, 'ar'))).toEqual([
		...['none', 'one', 'two', '3 few', '10 few', '11 many', '99 many'],
		...['100 other', '102 other', '103 few']
	]);
});

test('a number too few of forms still says something', () => {
	expect(plural(5, ['# track'], 'ar')).toBe('5 track');
});

test('lists are said as the language says them', () => {
	const said = (of: Language) => inLanguage(of, () => joined(['a', 'b', 'c']));
	expect([said('en'), said('de')]).toEqual(['a, b and c', 'a, b und c']);
});

test('requests of several languages do not hear each other', async () => {
	const table = spoken(() => ({ now: language() }));
	const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
	const answer = (of: Language, mine: Promise<void>, opens: () => void) =>
		inLanguage(of, async () => {
			const before = [language(), table.now];
			opens();
			await mine;
			return [...before, language(), table.now, number(1000)];
		});
	const german = answer('de', gates[0].promise, () => {});
	const arabic = answer('ar', gates[1].promise, gates[0].resolve);
	const first = await german;
	gates[1].resolve();

	expect(first).toEqual(['de', 'de', 'de', 'de', '1.000']);
	expect(await arabic).toEqual(['ar', 'ar', 'ar', 'ar', '1,000']);
});
