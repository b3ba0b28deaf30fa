import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { TrackPage } from '#contracts/track';
import { makeMusic } from '../support/music.ts';
import { OWNER, type Client } from '../support/portal.ts';
import { openPage, signIn, startSite } from '../support/site.ts';
import { retryUntil } from '../support/until.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SLOW = 150_000;
let site: Awaited<ReturnType<typeof startSite>>;
let page: Page;
let owner: Client;
let folder: string;
let files: string[];

beforeAll(async () => {
	site = await startSite();
	owner = await site.portal.signIn();
	page = await openPage(site.context);
	await signIn(page, site.origin);
	folder = await mkdtemp(path.join(tmpdir(), 'segue-reload-'));
	files = await Promise.all(
		['One', 'Two', 'Three'].map(async (title, at) => {
			const file = path.join(folder, `${title}.wav`);
			await writeFile(file, await makeMusic({ format: 'wav', seconds: 6, hertz: 600 + at }));
			return file;
		})
	);
});
afterAll(async () => {
	await rm(folder, { recursive: true, force: true });
	await site.close();
});

const titles = async () => {
	const { tracks } = (await (await owner.fetch('/api/tracks')).json()) as TrackPage;
	return tracks.map(({ title }) => title).sort();
};
const bytesThere = async () => {
	const { uploads } = (await (await owner.fetch('/api/uploads')).json()) as {
		uploads: { offset: number }[];
	};
	return uploads.reduce((sum, { offset }) => sum + offset, 0);
};

/** The browser's own database answers when the page is told so, where the tab asks for that. */
function holdJournal() {
	if (sessionStorage.getItem('holds-journal') === null) return;
	sessionStorage.removeItem('holds-journal');
	const { open } = IDBFactory.prototype;
	let isHeld = true;
	window.addEventListener('journal-opens', () => (isHeld = false));
	IDBFactory.prototype.open = function (...asked) {
		const opening = open.apply(this, asked);
		opening.addEventListener('success', (event) => {
			if (!isHeld) return;
			event.stopImmediatePropagation();
			window.addEventListener('journal-opens', () => opening.dispatchEvent(new Event('success')));
		});
		return opening;
	};
}

test('after a reload the same files go on from where they were, as the same uploads', async () => {
	const { origin, wire } = site;
	await page.goto(`${origin}/upload`);
	wire.slow(SLOW);
	await page.getByTestId('upload-input').setInputFiles(files);
	// Much more than what all other requests weigh.
	await retryUntil(bytesThere, (bytes) => bytes > 500_000);
	// The tab shows it too, and a screen reader hears of quarters.
	const title = () => page.title();
	await retryUntil(title, (shown) => /^[1-9]\d? % · Upload · Segue$/.test(shown));
	const icon = page.locator('link[rel=icon]').first();
	const picture = () => icon.getAttribute('href');
	expect(await picture()).toMatch(/^data:image/);
	const heard = page.locator('[aria-live]', { hasText: /^Uploads: (0|25|50|75) percent sent$/ });
	await heard.waitFor({ state: 'attached' });

	page.on('dialog', (dialog) => void dialog.accept());
	await page.addInitScript(holdJournal);
	await page.evaluate(() => sessionStorage.setItem('holds-journal', 'yes'));
	await page.reload();
	// Until it is known what was there, the page says that it looks, and of how many files.
	await page.getByText('Looking for your 3 files…').waitFor();
	expect(await page.getByText('wait to be dropped again').count()).toBe(0);
	await page.evaluate(() => window.dispatchEvent(new Event('journal-opens')));
	await page.getByText('3 files wait to be dropped again').first().waitFor();
	expect(await page.getByText('Looking for your').count()).toBe(0);
	const before = await bytesThere();
	const sent = wire.sent;
	wire.slow(Infinity);
	await page.getByTestId('upload-input').setInputFiles(files);

	await retryUntil(titles, (all) => all.length === 3);
	expect(await titles()).toEqual(['One', 'Three', 'Two']);
	const { uploads } = (await (await owner.fetch('/api/uploads')).json()) as {
		uploads: { size: number; state: string }[];
	};
	expect(uploads.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);
	// What had arrived is not sent again: all but the chunks that the reload cut.
	const whole = uploads.reduce((sum, { size }) => sum + size, 0);
	expect(before).toBeGreaterThan(0);
	expect(wire.sent - sent).toBeLessThan(whole);
	await page.getByText('3 tracks added', { exact: true }).first().waitFor();
	await retryUntil(title, (shown) => shown === 'Upload · Segue');
	await retryUntil(picture, (address) => address?.endsWith('mark.svg') ?? false);
});

test('the journal ends empty', async () => {
	const left = await page.evaluate(
		() =>
			new Promise<number>((resolve, reject) => {
				const opening = indexedDB.open('segue-uploads');
				opening.onerror = () => reject(opening.error);
				opening.onsuccess = () => {
					const counting = opening.result.transaction('upload').objectStore('upload').count();
					counting.onsuccess = () => resolve(counting.result);
				};
			})
	);

	expect(left).toBe(0);
});

test('a network that goes away is waited for, and said', async () => {
	const { origin, wire } = site;
	await page.goto(`${origin}/upload`);
	const song = await makeMusic({ format: 'wav', seconds: 6, hertz: 700 });
	wire.slow(SLOW);
	await page
		.getByTestId('upload-input')
		.setInputFiles({ name: 'Cut.wav', mimeType: 'audio/wav', buffer: Buffer.from(song) });
	const before = await bytesThere();
	await retryUntil(bytesThere, (bytes) => bytes > before);

	wire.cut();
	await page.getByText('The network went away').first().waitFor();
	wire.slow(Infinity);
	wire.mend();

	await retryUntil(titles, (all) => all.includes('Cut'));
});

test('a session that ends in the middle costs a sign-in and no file', async () => {
	const { context, origin, portal } = site;
	await page.goto(`${origin}/upload`);
	const cookies = await context.cookies(origin);
	const session = cookies.find(({ name }) => name === 'segue_session');
	await portal.visitor.fetch('/api/session', {
		method: 'DELETE',
		headers: { Cookie: `segue_session=${session?.value}` }
	});
	const song = await makeMusic({ format: 'wav', seconds: 2, hertz: 750 });
	await page
		.getByTestId('upload-input')
		.setInputFiles({ name: 'Signed.wav', mimeType: 'audio/wav', buffer: Buffer.from(song) });

	await page.getByText('You are signed out').first().waitFor();
	await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
	await page.getByLabel('E-mail').fill(OWNER.email);
	await page.getByLabel('Password').fill(OWNER.password);
	await page.getByRole('button', { name: 'Sign in' }).click();

	// The file is still in the page's hands: nobody has to drop it again.
	await retryUntil(titles, (all) => all.includes('Signed'));
});
