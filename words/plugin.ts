import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';
import { LANGUAGES } from '../src/language/language.ts';
import { GROUPS, PAGES_BEGIN_WITH } from './groups.ts';
import { KEY, openHub } from './hub.ts';

const WORDS = 'virtual:words';
const FOLDER = '_app/immutable/words';

/**
 * Puts lookups in the place of strings. A browser fetches the catalogues of its language alone, each beside the first
 * script that needs it; the server has all. In development pages stay English, as the sources are.
 */
export function words(): Plugin {
	let hub: Awaited<ReturnType<typeof openHub>> | null = null;
	let isBuild = false;
	const itemsOf = (group: string, language: string) => hub?.catalogue(group, language) ?? '[]';
	const scriptOf = (group: string, language: string) =>
		`export default ${itemsOf(group, language)}`;
	const fileOf = (group: string, language: string) => {
		const hash = createHash('sha256').update(scriptOf(group, language)).digest('hex').slice(0, 10);
		return `${FOLDER}/${group}.${language}.${hash}.js`;
	};
	const each = <T>(make: (language: string) => T) =>
		Object.fromEntries(Object.keys(LANGUAGES).map((language) => [language, make(language)]));

	const inBrowser = (group: string) => `
		import toRuntime from 'wuchale/runtime';
		const files = ${JSON.stringify(each((language) => `/${fileOf(group, language)}`))};
		const { lang } = document.documentElement;
		const language = Object.hasOwn(files, lang) ? lang : 'en';
		const { default: c } = await import(/* @vite-ignore */ files[language]);
		const runtime = toRuntime({ c }, language);
		export const getRuntime = () => runtime;
		export const getRuntimeRx = getRuntime;`;
	const onServer = (group: string) => `
		import toRuntime from 'wuchale/runtime';
		import { language } from '#language/language';
		const runtimes = {${Object.keys(LANGUAGES)
			.map((spoken) => `${spoken}: toRuntime({ c: ${itemsOf(group, spoken)} }, '${spoken}')`)
			.join(',')}};
		export const getRuntime = () => runtimes[language()];
		export const getRuntimeRx = getRuntime;`;

	return {
		name: 'segue:words',
		async configResolved({ command, root }) {
			isBuild = command === 'build';
			if (isBuild) hub = await openHub('build', root);
		},
		resolveId(id) {
			return id === WORDS || id.startsWith(`${WORDS}/`) ? `\0${id}` : undefined;
		},
		load(id, options) {
			if (id === `\0${WORDS}`) {
				const begin = (language: string) =>
					isBuild ? PAGES_BEGIN_WITH.map((group) => `/${fileOf(group, language)}`) : [];
				return `export const addresses = ${JSON.stringify(each(begin))}`;
			}
			if (!id.startsWith(`\0${WORDS}/`)) return;
			const group = id.slice(`\0${WORDS}/`.length);
			return options?.ssr ? onServer(group) : inBrowser(group);
		},
		transform: {
			order: 'pre',
			async handler(code, id, options) {
				if (!hub || id.includes('\0') || id.includes('?') || id.includes('node_modules')) return;
				const [output] = await hub.hub.transform(code, id, options?.ssr);
				if (!output?.code) return;
				const loader = new RegExp(`"[^"]*/${KEY}\\.([\\w]+\\.)*loader[^"]*"`);
				const [, group = GROUPS[0]] = /_w_load_(?:rx_)?\('(\w+)'\)/.exec(output.code) ?? [];
				return { ...output, code: output.code.replace(loader, `"${WORDS}/${group}"`) };
			}
		},
		generateBundle() {
			if (this.environment.name !== 'client') return;
			for (const group of GROUPS) {
				for (const language of Object.keys(LANGUAGES)) {
					this.emitFile({
						type: 'asset',
						fileName: fileOf(group, language),
						source: scriptOf(group, language)
					});
				}
			}
		}
	};
}
