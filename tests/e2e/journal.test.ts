import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { startBrowser } from '../support/browser.ts';
import { startJournalPage } from '../support/journal-page.ts';

let browser: Awaited<ReturnType<typeof startBrowser>>;
let site: Awaited<ReturnType<typeof startJournalPage>>;
let page: Page;

beforeAll(async () => {
	[browser, site] = await Promise.all([startBrowser(), startJournalPage()]);
	page = await browser.context.newPage();
});
afterAll(async () => {
	await browser.close();
	site.close();
});
beforeEach(async () => {
	await page.goto(site.url);
	await inPage(`new Promise((done) => {
		indexedDB.deleteDatabase('segue-uploads').onsuccess = done;
	})`);
});

/** What stands for every test at hand: the journal's class, and files as they are written down. */
const inPage = <T>(script: string) =>
	page.evaluate<T>(`(async () => {
		const { BrowserJournal } = await import('/journal.js');
		const record = (key, order, more = {}) => ({ key, order, name: key + '.mp3', size: 1, ...more });
		const visit = async (person, work = () => {}) => {
			const journal = new BrowserJournal(person);
			const records = await journal.load();
			await work(journal);
			await journal.flush();
			journal.close();
			return records;
		};
		const store = (work, version) => new Promise((resolve, reject) => {
			const opening = indexedDB.open('segue-uploads', version);
			opening.onerror = () => reject(opening.error);
			opening.onupgradeneeded = () => work(opening.result);
			opening.onsuccess = () => {
				const counting = opening.result.transaction('upload').objectStore('upload').count();
				counting.onsuccess = () => { opening.result.close(); resolve(counting.result); };
			};
		});
		return ${script.trim()};
	})()`);

test('the last word on each file comes back, in the order of the list, to whom it belongs', async () => {
	const [ada, bob] = await inPage<{ key: string; size: number }[][]>(`(async () => {
		await visit('ada', async (journal) => {
			journal.put([record('c', 3), record('a', 1), record('b', 2)]);
			await journal.flush();
			journal.put([record('c', 3, { size: 2 })]);
			journal.remove(['b']);
		});
		await visit('bob', (journal) => journal.put([record('x', 1)]));
		return [await visit('ada'), await visit('bob')];
	})()`);

	expect(ada?.map(({ key, size }) => [key, size])).toEqual([
		['a', 1],
		['c', 2]
	]);
	expect(bob?.map(({ key }) => key)).toEqual(['x']);
});

test('however often files change, little more is kept than the last word on each; of none, nothing', async () => {
	const [kept, back, left] = await inPage<[number, { size: number }[], number]>(`(async () => {
		await visit('ada', async (journal) => {
			for (let time = 1; time <= 400; time += 1) {
				journal.put(Array.from({ length: 20 }, (_, at) => record('file ' + at, at, { size: time })));
				await journal.flush();
			}
		});
		const kept = await store();
		const back = await visit('ada', (journal) => journal.remove(Array.from({ length: 20 }, (_, at) => 'file ' + at)));
		return [kept, back, await store()];
	})()`);

	expect(kept).toBeLessThan(100);
	expect(back).toHaveLength(20);
	expect(back.every(({ size }) => size === 400)).toBe(true);
	expect(left).toBe(0);
});

test('what an earlier portal remembered, a record for each file, is not lost', async () => {
	const records = await inPage<{ key: string }[]>(`(async () => {
		await store((db) => {
			db.createObjectStore('root', { keyPath: 'id' }).createIndex('person', 'personId');
			const files = db.createObjectStore('upload', { keyPath: 'key' });
			files.createIndex('person', 'personId');
			for (const [at, key] of ['one', 'two'].entries()) files.put({ ...record(key, at), personId: 'ada' });
		}, 2);
		return visit('ada');
	})()`);

	expect(records.map(({ key }) => key)).toEqual(['one', 'two']);
});
