import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { protocolOf } from '../support/browser.ts';
import { makeMusic } from '../support/music.ts';
import { openPage, startSite } from '../support/site.ts';

let site: Awaited<ReturnType<typeof startSite>>;
let page: Page;

beforeAll(async () => {
	site = await startSite({ env: { OWNER_EMAIL: '', OWNER_PASSWORD: '' } });
	page = await openPage(site.context);
});
afterAll(() => site.close());

const audio = () => page.getByTestId('player').locator('audio');
const seconds = () => audio().evaluate((element: HTMLAudioElement) => element.currentTime);

/** Resolves once what plays is beyond this second. */
async function playsBeyond(second: number) {
	await audio().evaluate(
		(element: HTMLAudioElement, mark) =>
			new Promise<void>((resolve) => {
				const look = () => element.currentTime > mark && resolve();
				element.addEventListener('timeupdate', look);
				look();
			}),
		second
	);
}

const song = async (name: string, mimeType: string, recipe: Parameters<typeof makeMusic>[0]) => ({
	name,
	mimeType,
	buffer: Buffer.from(await makeMusic(recipe))
});

test('from the printed link to music that goes on playing', async () => {
	const { origin, wire, portal } = site;
	const album = { artist: 'Ada Lind', album: 'Coast' };
	const files = [
		await song('01.mp3', 'audio/mpeg', {
			format: 'mp3',
			seconds: 30,
			hertz: 300,
			cover: 'teal',
			tags: { ...album, title: 'Harbour', track: '1' }
		}),
		await song('02.flac', 'audio/flac', {
			format: 'flac',
			seconds: 30,
			hertz: 400,
			tags: { ...album, title: 'Lighthouse', track: '2' }
		}),
		await song('Low Tide.wav', 'audio/wav', { format: 'wav', seconds: 10, hertz: 500 })
	];

	// The first owner comes in by the link that the first start printed.
	const { pathname, search } = new URL(portal.setupUrl ?? '');
	await page.goto(origin + pathname + search);
	expect(await protocolOf(page)).toBe('h2');
	await page.getByLabel('Name').fill('Ada');
	await page.getByLabel('E-mail').fill('ada@portal.test');
	await page.getByLabel('Password').fill('a-long-enough-one');
	await page.getByRole('button', { name: 'Open the doors' }).click();
	await page.getByRole('link', { name: 'Upload' }).first().click();
	await page.getByRole('heading', { level: 1 }).waitFor();

	// On a slow link an upload takes a while; the page that is asked for meanwhile does not.
	wire.slow(120_000);
	await page.getByTestId('upload-input').setInputFiles(files);
	await page.getByTestId('upload-dock').waitFor();
	await page.evaluate(() => ((window as unknown as { mark: number }).mark = 1));
	await page.getByRole('link', { name: 'Home' }).first().click();
	await page.waitForURL(`${origin}/`);
	await page.getByTestId('upload-dock').waitFor();
	const owner = await portal.signIn({ email: 'ada@portal.test', password: 'a-long-enough-one' });
	const { uploads } = (await (await owner.fetch('/api/uploads')).json()) as {
		uploads: { state: string }[];
	};
	expect(uploads).toHaveLength(3);
	expect(uploads.every(({ state }) => state === 'waiting' || state === 'sending')).toBe(true);
	wire.slow(Infinity);

	// The tracks come by themselves: the page is still the same one.
	await page.getByRole('button', { name: 'Play Harbour' }).waitFor();
	await page.getByRole('button', { name: 'Play Lighthouse' }).waitFor();
	await page.getByRole('button', { name: 'Play Low Tide' }).waitFor();
	expect(await page.evaluate(() => (window as unknown as { mark: number }).mark)).toBe(1);
	await page.getByText('3 tracks added').waitFor();

	await page.getByRole('button', { name: 'Play Harbour' }).click();
	await playsBeyond(0.5);
	await page.getByRole('link', { name: 'Ada Lind' }).first().click();
	await page.getByRole('heading', { level: 1, name: 'Ada Lind' }).waitFor();
	await playsBeyond((await seconds()) + 0.5);

	// What was encoded plays too.
	await page.goto(`${origin}/`);
	await page.getByRole('button', { name: 'Play Low Tide' }).click();
	await playsBeyond(0.5);

	await page.reload();
	await page.getByRole('link', { name: 'Upload' }).first().waitFor();
});
