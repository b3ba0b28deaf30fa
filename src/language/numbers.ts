import { language, type Language } from './language.ts';

/** The order in which a catalogue lists its forms; a language leaves out those that it lacks. */
const CATEGORIES = ['zero', 'one', 'two', 'few', 'many', 'other'] as const;

interface Rules {
	whole: Intl.NumberFormat;
	plural: Intl.PluralRules;
	categories: readonly string[];
}
const known = new Map<Language, Rules>();

function rulesOf(of: Language): Rules {
	const kept = known.get(of);
	if (kept) return kept;
	const plural = new Intl.PluralRules(of);
	const has: ReadonlySet<string> = new Set(plural.resolvedOptions().pluralCategories);
	const rules = {
		// Digits are those of the clocks and fields beside them.
		whole: new Intl.NumberFormat(`${of}-u-nu-latn`),
		plural,
		categories: CATEGORIES.filter((category) => has.has(category))
	};
	known.set(of, rules);
	return rules;
}

/** `1,024`, `1.024`. */
export const number = (n: number): string => rulesOf(language()).whole.format(n);

/** `3.2`, `3,2`: so many digits after the point at most, and none in thousands. */
export function decimal(n: number, digits: number): string {
	const asked = `${language()} ${digits}`;
	let format = decimals.get(asked);
	if (!format) {
		const options = { maximumFractionDigits: digits, useGrouping: false };
		format = new Intl.NumberFormat(`${language()}-u-nu-latn`, options);
		decimals.set(asked, format);
	}
	return format.format(n);
}

/** Making one costs more than a row of a list does. By language and digits. */
const decimals = new Map<string, Intl.NumberFormat>();

/**
 * The form that belongs to the number, with the number for `#`.
 * @param forms in the order of CLDR (zero, one, two, few, many, other), those that the language has; the build puts those
 * of its language in the place of the English ones
 */
export function plural(n: number, forms: readonly string[], of: Language = 'en'): string {
	const { plural: rule, categories, whole } = rulesOf(of);
	const form = forms[categories.indexOf(rule.select(n))] ?? forms.at(-1) ?? '';
	return form.replace('#', whole.format(n));
}

/** `a, b and c`. */
export const joined = (words: readonly string[]): string =>
	new Intl.ListFormat(ofLists(), { type: 'conjunction' }).format(words);

/** `a, b, c`: facts that stand beside each other. */
export const listed = (words: readonly string[]): string =>
	words.join(language() === 'ar' ? '، ' : ', ');

/** Without a comma before the last. */
const ofLists = () => (language() === 'en' ? 'en-GB' : language());

const CALENDAR = '-u-ca-gregory-nu-latn';

/** For dates and lists of the page's language, on the calendar that releases are dated by. */
export const locale = (): string => `${language()}${CALENDAR}`;
