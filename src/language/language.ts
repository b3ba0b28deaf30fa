/** What the interface speaks; the names are in the language itself. The first is that of the sources. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', ar: 'العربية' } as const;
export type Language = keyof typeof LANGUAGES;

const RIGHT_TO_LEFT: ReadonlySet<Language> = new Set(['ar']);

export const isLanguage = (text: unknown): text is Language =>
	typeof text === 'string' && Object.hasOwn(LANGUAGES, text);

export const directionOf = (language: Language) => (RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr');

let ofRequest = (): Language | undefined => undefined;

/** The server speaks several at once: it says whose turn it is. */
export function askLanguage(ask: () => Language | undefined): void {
	ofRequest = ask;
}

/** Of the page that is open or being made. It never changes while a page is open: another one is another document. */
export function language(): Language {
	const spoken =
		typeof document === 'undefined' ? ofRequest() : (document.documentElement.lang as unknown);
	return isLanguage(spoken) ? spoken : 'en';
}
