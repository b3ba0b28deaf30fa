import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCatalogue, type Catalogue } from '../catalogue/catalogue.ts';
import type { AddedItem } from '../catalogue/import-items.ts';
import { Progress } from './progress.ts';
import { runImport, type RunOptions } from './run.ts';
import { MAX_PAGE, type ListedItem } from './source.ts';

const KNOWN = 10_000;
const MOST_QUESTIONS = 40;

let folder: string;
let catalogue: Catalogue;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'segue-run-'));
	catalogue = await openCatalogue({ file: path.join(folder, 'segue.db') });
});
afterEach(async () => {
	await catalogue.close();
	await rm(folder, { recursive: true, force: true });
});

test('ten thousand items that are here are looked at again with few questions', async () => {
	const now = Date.now();
	const [email, role] = ['ada@portal.test', 'owner'] as const;
	const person = await catalogue.people.add({ email, name: 'Ada', role, passwordHash: '', now });
	const personId = person?.id ?? '';
	const place = 'https://music.example.org';
	const items: ListedItem[] = Array.from({ length: KNOWN }, (_, at) => ({
		...{ sourceId: `${place}/${at}.mp3`, name: `${at}.mp3`, changed: '1' }
	}));
	const running = async (id: string) => {
		const added = { source: 'urls', label: place, body: '{}', secret: null } as const;
		await catalogue.imports.add({ id, personId, place, ...added, publish: false, now });
		await catalogue.imports.move(id, ['queued'], { state: 'running', now });
		const row = await catalogue.imports.byId(id);
		if (!row) throw new Error('the import was not kept');
		return row;
	};
	const first = await running('first');
	for (let at = 0; at < KNOWN; at += MAX_PAGE) {
		const page = items.slice(at, at + MAX_PAGE).map(toKept);
		await catalogue.importItems.take({ personId, place, importId: first.id }, page);
	}
	await catalogue.imports.move(first.id, ['running'], { state: 'done', now });
	const second = await running('second');
	const counted = countingCalls(catalogue);

	await runImport(second, new AbortController().signal, {
		...{ catalogue: counted.catalogue, progress: new Progress(Date.now), now: Date.now },
		// It is known, so nothing of it lands.
		landing: {} as RunOptions['landing'],
		open: async () => ({
			list: async (cursor) => {
				const next = Number(cursor ?? 0) + MAX_PAGE;
				return {
					items: items.slice(next - MAX_PAGE, next),
					next: next < KNOWN ? String(next) : null
				};
			},
			fetch: () => Promise.reject(new Error('it is known, and was asked for'))
		}),
		playlists: async () => {},
		...{ onwait: () => {}, onprogress: () => {}, onbusy: () => {} },
		stirred: async () => {},
		log: {} as RunOptions['log']
	});

	expect(await catalogue.imports.byId(second.id)).toMatchObject({ listed: KNOWN, skipped: KNOWN });
	expect(counted.calls()).toBeLessThan(MOST_QUESTIONS);
});

const toKept = ({ sourceId, name, changed }: ListedItem): AddedItem => ({
	...{ sourceId, name, state: 'duplicate', changed: changed ?? null, path: null, size: null },
	...{ type: null, sha256: null, description: null, locator: null }
});

/** Each call of a noun is one statement; a transaction counts for what is in it. */
function countingCalls(catalogue: Catalogue) {
	let calls = 0;
	const counting = <Noun extends object>(noun: Noun): Noun =>
		new Proxy(noun, {
			get(target, key) {
				const value: unknown = Reflect.get(target, key);
				if (typeof value !== 'function') return value;
				return (...args: unknown[]): unknown => {
					calls += 1;
					return Reflect.apply(value, target, args);
				};
			}
		});
	const nouns = <Nouns extends Pick<Catalogue, 'imports' | 'importItems'>>(all: Nouns): Nouns => ({
		...all,
		imports: counting(all.imports),
		importItems: counting(all.importItems)
	});
	return {
		calls: () => calls,
		catalogue: {
			...nouns(catalogue),
			transaction: (work: Parameters<Catalogue['transaction']>[0]) =>
				catalogue.transaction((inner) => work(nouns(inner)))
		} as Catalogue
	};
}
