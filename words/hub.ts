import { adapter } from '@wuchale/svelte';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
	Hub,
	pofile,
	type Adapter,
	type CodePattern,
	type RuntimeConf,
	type StorageFactory
} from 'wuchale';
import { SvelteTransformer } from '../node_modules/@wuchale/svelte/dist/transformer.js';
import { LANGUAGES } from '../src/language/language.ts';
import { groupOf } from './groups.ts';
import { kindOf } from './kinds.ts';

export const KEY = 'main';
const DIR = 'words';
type Given = Parameters<Adapter['transform']>[0];

/** `msgid`s in the order of the alphabet: two that add strings at the same time seldom meet. */
const sorted: StorageFactory = async (options) => {
	const storage = await pofile({ dir: DIR })(options);
	const save = storage.save.bind(storage);
	const first = (item: { translations: Map<string, string[]>; context?: string | undefined }) =>
		`${item.translations.get('en')?.join('\n')}\n${item.context ?? ''}`;
	return Object.assign(storage, {
		save: (data: Parameters<typeof save>[0]) =>
			save({
				...data,
				items: data.items
					.filter(({ references }) => references.length > 0)
					.sort((a, b) => (first(a) < first(b) ? -1 : 1))
			})
	});
};

// A page keeps its language as long as it is open: nothing in it follows. A function of a plain module asks each time.
const runtime: RuntimeConf = {
	initReactive: ({ funcName, nested, file }) => {
		const isComponent = file.endsWith('.svelte');
		return (isComponent ? funcName == null : funcName != null && !nested) ? false : null;
	},
	useReactive: false,
	plain: { wrapInit: (it) => it, wrapUse: (it) => it },
	reactive: { wrapInit: (it) => it, wrapUse: (it) => it }
};
const patterns: CodePattern[] = [{ name: 'plural', args: ['other', 'message', 'locale'] }];

const pages = {
	...adapter({
		files: {
			include: ['src/**/*.svelte', 'src/**/*.ts'],
			ignore: ['**/*.test.ts', '**/*.d.ts', 'src/language/**', 'src/*.ts']
		},
		storage: sorted,
		granularLoad: true,
		generateLoadID: groupOf
	}),
	runtime,
	transform: ({ content, filename, index, expr, matchUrl }: Given) => {
		const source = new SvelteTransformer(
			...([content, filename, index, kindOf, patterns, expr, runtime, matchUrl] as const)
		);
		// It would make `$derived` of every constant with words in it, also of a `new Player({ … })`.
		source.visitVariableDeclarator = source.defaultVisitVariableDeclarator;
		return source.transformSv();
	}
};

/**
 * Finds what the sources say and knows its translations. What it generates stays in memory; catalogues are
 * written by `extract.ts` alone.
 */
export async function openHub(mode: 'build' | 'cli', root: string, mayWrite = false) {
	const made = new Map<string, string>();
	const wouldWrite = new Map<string, string>();
	const isCatalogue = (file: string) => file.endsWith('.po');
	const fs = {
		read: (file: string) =>
			made.has(file)
				? Promise.resolve(made.get(file) ?? '')
				: readFile(file, 'utf8').catch(() => null),
		write: async (file: string, content: string) => {
			if (!isCatalogue(file)) made.set(file, content);
			else if (mayWrite) await writeFile(file, content);
			else wouldWrite.set(file, content);
		},
		mkdir: async () => {},
		exists: (file: string) => Promise.resolve(made.has(file)),
		unlink: () => true
	};
	const config = {
		locales: Object.keys(LANGUAGES) as [string, ...string[]],
		fallback: {},
		localesDir: DIR,
		ai: null,
		hmr: false,
		logLevel: 'warn' as const,
		adapters: { [KEY]: pages }
	};
	const hub = await Hub.create(mode, () => config, root, 0, fs);
	/** What a group says in a language: a string, or its parts with the numbers of what is put in between. */
	const catalogue = (group: string, language: string): string => {
		const file = resolve(root, DIR, '.wuchale', `${KEY}.${group}.${language}.compiled.js`);
		const [, items] = /export let c = (.*)$/m.exec(made.get(file) ?? '') ?? [];
		return items ?? '[]';
	};
	return { hub, catalogue, wouldWrite };
}
