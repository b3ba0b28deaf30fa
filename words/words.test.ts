import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import PO from 'pofile';
import { expect, test } from 'vitest';
import { LANGUAGES } from '../src/language/language.ts';
import { openHub } from './hub.ts';

const root = resolve(import.meta.dirname, '..');
const languages = Object.keys(LANGUAGES);
const catalogueOf = async (language: string) =>
	PO.parse(await readFile(resolve(root, 'words', `${language}.po`), 'utf8'));
type Item = Awaited<ReturnType<typeof catalogueOf>>['items'][number];

/** What is put in between: numbers of values and of elements. */
const slots = (text: string) => (text.match(/\{\d+\}|<\/?\d+\/?>/g) ?? []).toSorted().join(' ');

const READS_ALL_SOURCES_MS = 60_000;

test(
	'the catalogues hold what the sources say, and nothing else',
	{ timeout: READS_ALL_SOURCES_MS },
	async () => {
		const { hub, wouldWrite } = await openHub('cli', root);
		await hub.directVisit(true, false, false);
		const differ = [];
		for (const [file, content] of wouldWrite) {
			if ((await readFile(file, 'utf8')) !== content) differ.push(file);
		}
		expect(differ, 'npm run words brings them up to date').toEqual([]);
	}
);

test.each(languages)('%s says everything, in every plural form', async (language) => {
	const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.length;
	const isWhole = ({ msgid_plural, msgstr }: Item) =>
		msgstr.length === (msgid_plural ? forms : 1) && msgstr.every((text) => text.trim() !== '');
	const { items } = await catalogueOf(language);

	expect(items.length).toBeGreaterThan(900);
	expect(items.filter((item) => !isWhole(item)).map(({ msgid }) => msgid)).toEqual([]);
});

test.each(languages)('%s puts in between what the sources do', async (language) => {
	const { items } = await catalogueOf(language);
	const differ = ({ msgid, msgstr }: Item) => msgstr.some((text) => slots(text) !== slots(msgid));

	expect(items.filter(differ).map(({ msgid }) => msgid)).toEqual([]);
});
