import { AsyncLocalStorage } from 'node:async_hooks';
import { askLanguage, type Language } from './language.ts';

/** Requests of several languages are answered between each other's awaits. */
const spoken = new AsyncLocalStorage<Language>();

askLanguage(() => spoken.getStore());

export const inLanguage = <T>(language: Language, work: () => T): T => spoken.run(language, work);
