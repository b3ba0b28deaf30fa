import { isLanguage, type Language } from './language.ts';

export const LANGUAGE_COOKIE = 'segue_language';

/**
 * What somebody chose, else the best of what their browser asks for, else English.
 * @param accepted an `Accept-Language` header (RFC 9110, 12.5.4); nonsense in it counts for nothing
 */
export function chooseLanguage(
	chosen: string | undefined,
	accepted: string | null | undefined
): Language {
	if (isLanguage(chosen)) return chosen;
	let best: Language = 'en';
	let weight = 0;
	for (const range of (accepted ?? '').slice(0, LONGEST_HEADER).split(',')) {
		const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
		const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
		const wanted = q === undefined ? 1 : Number(q);
		const [primary = ''] = tag.split('-');
		if (isLanguage(primary) && wanted > weight && wanted <= 1) {
			best = primary;
			weight = wanted;
		}
	}
	return best;
}

/** Browsers send some dozens of bytes; what is longer is not read to its end. */
const LONGEST_HEADER = 1000;
