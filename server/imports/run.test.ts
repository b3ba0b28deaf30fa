import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCatalogue, type Catalogue } from '../catalogue/catalogue.ts';
import type { AddedItem } from '../catalogue/import-items.ts';
import type { StoredImport } from '../catalogue/imports.ts';
import { Progress } from './progress.ts';
import { runImport, type RunOptions } from './run.ts';
import { MAX_PAGE, type ListedItem } from './items.ts';

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

const place = 'https://music.example.org';
const items: ListedItem[] = Array.from({ length: KNOWN }, (_, at) => ({
	...{ sourceId: `${place}/${at}.mp3`, name: `${at}.mp3`, changed: '1' }
}));

async function addPerson(): Promise<string> {
	const [email, role] = ['ada@portal.test', 'owner'] as const;
	const asked = { email, name: 'Ada', role, passwordHash: '', now: Date.now() };
	return (await catalogue.people.add(asked))?.id ?? '';
}

async function running(id: string, personId: string) {
	const now = Date.now();
	const added = { source: 'urls', label: place, body: '{}', secret: null } as const;
	const asked = { ...added, publish: false, watch: true, now };
	await catalogue.imports.add({ id, personId, place, ...asked });
	return begun(id);
}

async function begun(id: string) {
	await catalogue.imports.move(id, ['queued'], { state: 'running', now: Date.now() });
	const row = await catalogue.imports.byId(id);
	if (!row) throw new Error('the import was not kept');
	return row;
}

async function take(importId: string, personId: string, some: readonly ListedItem[]) {
	for (let at = 0; at < some.length; at += MAX_PAGE) {
		const page = some.slice(at, at + MAX_PAGE).map(toKept);
		await catalogue.importItems.take({ personId, place, importId }, page);
	}
}

/** All that its source lists is known. */
async function runOver(some: readonly ListedItem[], row: StoredImport, asked = catalogue) {
	await runImport(row, new AbortController().signal, {
		...{ catalogue: asked, progress: new Progress(Date.now), now: Date.now },
		// It is known, so nothing of it lands.
		landing: {} as RunOptions['landing'],
		open: async () => ({
			list: async (cursor) => {
				const next = Number(cursor ?? 0) + MAX_PAGE;
				return {
					items: some.slice(next - MAX_PAGE, next),
					next: next < some.length ? String(next) : null
				};
			},
			fetch: () => Promise.reject(new Error('it is known, and was asked for'))
		}),
		playlists: async () => {},
		...{ onwait: () => {}, onprogress: () => {}, onbusy: () => {} },
		stirred: async () => {},
		log: {} as RunOptions['log']
	});
}

test('ten thousand items that are here are looked at again with few questions', async () => {
	const personId = await addPerson();
	const first = await running('first', personId);
	await take(first.id, personId, items);
	await catalogue.imports.move(first.id, ['running'], { state: 'done', now: Date.now() });
	const second = await running('second', personId);
	const counted = countingCalls(catalogue);

	await runOver(items, second, counted.catalogue);

	expect(await catalogue.imports.byId(second.id)).toMatchObject({ listed: KNOWN, skipped: KNOWN });
	expect(counted.calls()).toBeLessThan(MOST_QUESTIONS);
});

// was: nothing was counted, so nothing was written, and it ended without a total, 2026-11-22
test('one that looks again and finds nothing new knows that it has seen all', async () => {
	const personId = await addPerson();
	const few = items.slice(0, 3);
	const row = await running('watched', personId);
	await take(row.id, personId, few);
	await catalogue.imports.listedTo(row.id, {
		cursor: null,
		isListed: true,
		saidTotal: 3,
		listed: 3
	});
	await catalogue.imports.move(row.id, ['running'], { state: 'done', now: Date.now() });
	expect(await catalogue.watchedImports.lookAgain(row.id, 'changed', Date.now())).toBe(true);

	await runOver(few, await begun(row.id));

	expect(await catalogue.imports.byId(row.id)).toMatchObject({ isListed: true, listed: 3 });
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
