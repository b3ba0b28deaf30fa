import { startBrowser } from '../support/browser.ts';
import { startJournalPage } from '../support/journal-page.ts';
import { median, type BenchOptions, type Row } from './bench.ts';

export const name = 'journal';
export const description = 'What is on the list, written to the browser’s database and read back';
export const settings = { records: [1_000, 10_000], rounds: [5] };

/** The uploader's own code, in a page that has nothing else. */
export async function run({ settings: asked, say }: BenchOptions): Promise<Row[]> {
	const { records = [], rounds: [rounds = 1] = [] } = asked;
	const { url, close } = await startJournalPage();
	const browser = await startBrowser();
	try {
		const page = await browser.context.newPage();
		const open = () => page.goto(url);

		const rows: Row[] = [];
		for (const count of records) {
			const saved: number[] = [];
			const restored: number[] = [];
			for (let round = 0; round < rounds; round += 1) {
				say(`${count} records, round ${round + 1} of ${rounds}`);
				await open();
				saved.push(await page.evaluate<number>(saving(count)));
				// Another visit: nothing is left in the page.
				await open();
				restored.push(await page.evaluate<number>(restoring(count)));
			}
			rows.push({
				records: count,
				rounds,
				'saved, ms': median(saved),
				'restored, ms': median(restored)
			});
		}
		return rows;
	} finally {
		await browser.close();
		close();
	}
}

/** Records as the uploader makes them of files that were dropped and registered, written all at once. */
const saving = (count: number) => `(async () => {
	const { BrowserJournal, newEntry, toRecord } = await import('/journal.js');
	await new Promise((resolve, reject) => {
		const gone = indexedDB.deleteDatabase('segue-uploads');
		gone.onsuccess = resolve;
		gone.onerror = gone.onblocked = () => reject(new Error('the last round still has it open'));
	});
	const records = Array.from({ length: ${count} }, (_, at) => {
		const number = String(at + 1).padStart(5, '0');
		const album = 'Album ' + String(Math.floor(at / 12) + 1).padStart(4, '0');
		const name = 'Song ' + number + '.mp3';
		const file = new File([number], name, { lastModified: 1_700_000_000_000 + at, type: 'audio/mpeg' });
		const entry = newEntry(
			{ file, path: 'Music/' + album + '/' + name, place: { root: 'root', inside: [album, name] } },
			{ key: crypto.randomUUID(), order: at, isNew: true, isPublic: false }
		);
		const id = crypto.randomUUID().replaceAll('-', '');
		const tags = {
			title: 'Song ' + number, artist: 'Artist', albumArtist: 'Artist', album,
			trackNumber: (at % 12) + 1, discNumber: null, genre: null, date: null
		};
		entry.upload = { ...entry.upload, id, tags };
		entry.url = '/files/' + id;
		return toRecord(entry);
	});
	const journal = new BrowserJournal('person');
	await journal.load();
	const begun = performance.now();
	journal.put(records);
	await journal.flush();
	const took = performance.now() - begun;
	journal.close();
	return took;
})()`;

/** From the first word to the database to all records in the page's hands. */
const restoring = (count: number) => `(async () => {
	const { BrowserJournal } = await import('/journal.js');
	const begun = performance.now();
	const journal = new BrowserJournal('person');
	const records = await journal.load();
	const took = performance.now() - begun;
	journal.close();
	if (records.length !== ${count}) throw new Error(records.length + ' records came back');
	return took;
})()`;
