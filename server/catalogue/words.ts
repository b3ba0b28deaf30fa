import { nameKey } from '../folding.ts';

/** More of a query nobody reads; what is longer is cut before it is looked at. */
const MAX_QUERY_LENGTH = 200;
const MAX_QUERY_WORDS = 8;
/** More of one thing are not indexed: a title may be as long as its writer likes. */
const MAX_TEXT_LENGTH = 2_000;
const MAX_WORDS = 80;
const MAX_WORD_LENGTH = 32;

/** Letters that are no letter with a mark upon it, and are typed as others where the keyboard has none. */
const TYPED_AS: Record<string, string> = {
	ß: 'ss',
	æ: 'ae',
	œ: 'oe',
	ø: 'o',
	ł: 'l',
	đ: 'd',
	ð: 'd',
	þ: 'th',
	ı: 'i',
	ς: 'σ'
};
const TYPED_OTHERWISE = new RegExp(`[${Object.keys(TYPED_AS).join('')}]`, 'g');

/** Scripts that put no space between words: each sign is one. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}]/u;
const WORD = new RegExp(`${UNSPACED.source}|(?:(?!${UNSPACED.source})[\\p{L}\\p{N}])+`, 'gu');
const APOSTROPHE = /(?<=\p{L})['’ʼ](?=\p{L})/gu;

/** The form in which texts are compared: without case, accents and doubled spaces. */
export function searchKey(text: string): string {
	return nameKey(text.slice(0, MAX_TEXT_LENGTH).toWellFormed()).replace(
		TYPED_OTHERWISE,
		(letter) => TYPED_AS[letter] ?? letter
	);
}

/** What a thing is found by. Both "don't" and "l'amour" are found with their apostrophe, without it, and by their parts. */
export function wordsOf(...texts: readonly (string | null)[]): string[] {
	const words = new Set<string>();
	for (const text of texts) {
		if (text === null) continue;
		const key = searchKey(text);
		for (const word of split(key)) words.add(word);
		if (APOSTROPHE.test(key)) {
			for (const word of split(key.replace(APOSTROPHE, ''))) words.add(word);
		}
	}
	return [...words].slice(0, MAX_WORDS);
}

/** What somebody typed: nothing but signs has no words, and is looked up by its key alone. */
export function queryOf(typed: string): { key: string; words: string[] } {
	const key = searchKey(typed.slice(0, MAX_QUERY_LENGTH));
	return { key, words: [...new Set(split(key))].slice(0, MAX_QUERY_WORDS) };
}

function split(key: string): string[] {
	return (key.match(WORD) ?? []).map((word) => word.slice(0, MAX_WORD_LENGTH).toWellFormed());
}
