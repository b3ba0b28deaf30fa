import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeLibrary, makeMusic, variations } from '../support/music.ts';
import { giveFile, Origin } from '../support/origin.ts';
import { openPage, signIn, startSite } from '../support/site.ts';
import { hasSupysonic, NO_SUPYSONIC, startSupysonic } from '../support/supysonic.ts';
import { retryUntil } from '../support/until.ts';

const MOVING_MS = 150_000;
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

let site: Awaited<ReturnType<typeof startSite>>;
let page: Page;
let origin: Origin;
let axe: string;
/** A folder of the server that its owner may import. */
let music: string;

beforeAll(async () => {
	axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
	origin = await Origin.open();
	music = await mkdtemp(path.join(tmpdir(), 'segue-music-'));
	const env = { IMPORT_ALLOW_HOSTS: '127.0.0.1', IMPORT_ROOTS: music };
	site = await startSite({ trusts: true, env });
	page = await openPage(site.context);
	await signIn(page, site.origin);
	await page.goto(`${site.origin}/import`);
});
afterAll(async () => {
	await site.close();
	await origin.close();
	await rm(music, { recursive: true, force: true });
});

/** The newest import from there. */
const card = (label: string) => page.getByRole('article', { name: `Import from ${label}` }).first();
const button = (label: string, name: string) => card(label).getByRole('button', { name });
const says = (label: string, words: string) => card(label).getByText(words).first().waitFor();
const press = () => page.getByRole('button', { name: 'Import', exact: true }).click();

/** What is broken for some people, on a phone and on a desk, by day and by night. */
async function faults(): Promise<string[]> {
	const found: string[] = [];
	for (const [width, height] of [
		[360, 740],
		[1280, 800]
	] as const) {
		for (const colorScheme of ['light', 'dark'] as const) {
			await page.setViewportSize({ width, height });
			await page.emulateMedia({ colorScheme });
			// Colours change gently, and are looked at when they have changed.
			await page.evaluate(`new Promise(requestAnimationFrame).then(() => Promise.allSettled(
				document.getAnimations()
					.filter((each) => each instanceof CSSTransition)
					.map(({ finished }) => finished)
			)).then(() => null)`);
			await page.evaluate(axe);
			const broken = await page.evaluate<string[]>(`axe
				.run(document, { runOnly: ${JSON.stringify(RULES)} })
				.then(({ violations }) => violations.map(
					({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')
				))`);
			found.push(...broken.map((fault) => `${width} ${colorScheme}: ${fault}`));
			const overflow = await page.evaluate<number>(
				'document.documentElement.scrollWidth - document.documentElement.clientWidth'
			);
			if (overflow > 0) found.push(`${width}: ${overflow} px too wide`);
		}
	}
	return found;
}

test('a list of addresses is imported, paused, gone on with, and one is cancelled', async () => {
	const song = await makeMusic({ format: 'mp3', seconds: 2 });
	const files = variations(
		song,
		Array.from({ length: 6 }, (_, at) => ({ title: `Wave ${at}`, artist: 'Ada', album: 'Waves' }))
	);
	const gate = Promise.withResolvers<void>();
	const urls = files.map((bytes, at) =>
		at < 2
			? origin.file(`/waves/${at}.mp3`, bytes)
			: origin.on(`/waves/${at}.mp3`, (request, response) => {
					void gate.promise.then(() => giveFile(request, response, bytes));
				})
	);
	const label = 'A list of addresses';
	await page.getByRole('radio', { name: 'A list of addresses' }).check();
	await page.getByLabel('Addresses', { exact: true }).fill('music.example.org');
	await press();
	// Taken, and then it is said line by line what was wrong.
	await says(label, 'could not be had');

	await page
		.getByLabel('Addresses', { exact: true })
		.fill([...urls, `${origin.url}/no.mp3`].join('\n'));
	await press();
	await says(label, '2 of 7 brought over');
	expect(await card(label).getByRole('progressbar').getAttribute('aria-valuenow')).not.toBe('0');
	expect(await faults()).toEqual([]);
	await button(label, 'Pause').click();
	await says(label, 'Paused');
	// Elsewhere in the portal it is in sight, and leads back here.
	await page.getByRole('link', { name: 'Home' }).first().click();
	await page.getByTestId('import-line').click();
	gate.resolve();
	await button(label, 'Go on').click();
	await says(label, 'Done');
	await says(label, '6 of 7 brought over, 1 could not be had');
	await card(label).getByText('What could not be had').click();
	await card(label).getByText('no.mp3').waitFor();

	origin.on('/never.mp3', (_request, response) => response.writeHead(200).flushHeaders());
	await page.getByRole('radio', { name: 'A list of addresses' }).check();
	await page.getByLabel('Addresses', { exact: true }).fill(`${origin.url}/never.mp3`);
	await press();
	await button(label, 'Cancel').click();
	await says(label, 'Cancelled');
	expect(await faults()).toEqual([]);
});

test('the owner has a folder watched, where its files lie, and stops it', async () => {
	const song = await makeMusic({ format: 'mp3', seconds: 2 });
	const names = ['Left', 'Right'];
	const files = variations(
		song,
		names.map((title) => ({ title, artist: 'Ada', album: 'Shelf' }))
	);
	const label = path.basename(music);
	await writeFile(path.join(music, 'left.mp3'), files[0]!);
	await page.getByRole('radio', { name: 'A folder of the server' }).check();
	await page.getByLabel('Path of the folder').fill(`${music}-other`);
	await page.getByRole('switch', { name: 'Watch the folder' }).click();
	await page.getByRole('switch', { name: 'Keep the files where they lie' }).click();
	await press();
	await page.getByText('There is no such folder here').waitFor();
	await page.getByLabel('Path of the folder').fill(music);
	expect(await faults()).toEqual([]);
	await press();

	await says(label, 'Watching for what is new');
	await card(label)
		.getByText(/^1 file (kept where it lies|had to be copied)/)
		.waitFor();
	await writeFile(path.join(music, 'right.mp3'), files[1]!);
	await says(label, '2 of 2 brought over');
	await says(label, 'Watching for what is new');
	expect(await faults()).toEqual([]);
	await button(label, 'Stop watching').click();

	await says(label, 'Done');
});

test('of a music server with ten thousand artists only what was chosen comes, by keyboard alone', async () => {
	const [coast] = variations(await makeMusic({ format: 'mp3', seconds: 2 }), [
		{ title: 'Coast one', artist: 'Bea', album: 'Coast' }
	]);
	const artist = Array.from({ length: 10_000 }, (_, at) => ({ id: at, name: `Artist ${at}` }));
	artist.push({ id: 10_000, name: '<b>Béa</b>' });
	const album = { id: 'coast', name: 'Coast', songCount: 1 };
	const song = { id: 'one', title: 'Coast one', suffix: 'mp3', path: 'Bea/Coast/one.mp3' };
	const answers = {
		getArtists: { artists: { index: [{ name: 'A', artist }] } },
		getPlaylists: { playlists: { playlist: [{ id: 'mix', name: 'Mix', songCount: 3 }] } },
		getArtist: { artist: { album: [album, { id: 'ebb', name: 'Ebb', songCount: 2 }] } },
		getAlbum: { album: { song: [song] } }
	};
	for (const [method, answer] of Object.entries(answers)) {
		origin.on(`/many/rest/${method}.view`, (_request, response) =>
			response.end(JSON.stringify({ 'subsonic-response': { status: 'ok', ...answer } }))
		);
	}
	origin.file('/many/rest/download.view', coast!);
	const sheet = page.getByRole('dialog');
	const box = (name: string) => sheet.getByRole('checkbox', { name });
	await page.getByRole('radio', { name: 'A music server' }).check();
	await page.getByLabel('Address', { exact: true }).fill(`${origin.url}/none`);
	await page.getByLabel('User name').fill('ada');
	await page.getByLabel('Password').fill('her secret');

	const opens = page.getByRole('button', { name: 'Choose what to bring…' });
	await opens.press('Enter');
	await sheet.getByText('There is nothing at this address.').waitFor();
	await page.keyboard.press('Escape');
	await page.getByLabel('Address', { exact: true }).fill(`${origin.url}/many`);
	await opens.press('Enter');
	await box('Artist 99').waitFor();
	expect(await sheet.getByRole('checkbox').count()).toBe(100);
	await sheet.getByLabel('Search').fill('bea');
	await sheet.getByRole('button', { name: 'Albums of <b>Béa</b>' }).press('Enter');
	await box('Ebb').press('Space');
	await box('Coast').press('Space');
	await sheet.getByRole('radio', { name: 'Artists' }).press('ArrowRight');
	await box('Mix').press('Space');
	await sheet.getByRole('radio', { name: 'Playlists' }).press('ArrowRight');
	expect(await faults()).toEqual([]);
	await box('Ebb').press('Space');
	await box('Mix').press('Space');
	await sheet.getByRole('button', { name: 'Choose these' }).press('Enter');
	await page.getByText('1 album', { exact: true }).waitFor();
	expect(await faults()).toEqual([]);
	await press();

	const label = new URL(origin.url).host;
	await says(label, '1 of 1 brought over');
	expect(origin.asked('/many/rest/getAlbumList2.view')).toHaveLength(0);
	expect(origin.asked('/many/rest/getAlbum.view')).toHaveLength(1);
});

test('an episode’s chapters are pressed on its page, and it plays from there', async () => {
	const talk = await makeMusic({ format: 'mp3', seconds: 20 });
	const file = origin.file('/talk.mp3', talk);
	const feed = origin.on('/talk.xml', (_request, response) =>
		response.end(`<rss version="2.0"><channel><title>Talks</title><item><title>A talk</title>
			<description><![CDATA[00:00 Hello<br>00:12 &lt;b>The sea&lt;/b><br>01:00 Behind it]]></description>
			<enclosure url="${file}" type="audio/mpeg"/></item></channel></rss>`)
	);
	await page.getByRole('radio', { name: 'A feed' }).check();
	await page.getByLabel('Address of the feed').fill(feed);
	await press();
	await says('Talks', '1 of 1 brought over');
	const slug =
		await page.evaluate<string>(`fetch('/api/tracks?limit=20').then((answer) => answer.json())
		.then(({ tracks }) => tracks.find(({ title }) => title === 'A talk').slug)`);
	await page.goto(`${site.origin}/tracks/${slug}`);

	const chapters = page.getByRole('region', { name: 'Chapters' }).getByRole('button');
	expect(await chapters.allTextContents()).toHaveLength(2);
	expect(await faults()).toEqual([]);
	await chapters.last().press('Enter');

	await page.locator('[aria-current="true"]', { hasText: 'The sea' }).waitFor();
	await retryUntil(
		() =>
			page.evaluate<number>(
				'Math.max(0, ...[...document.querySelectorAll("audio")].map(({ currentTime }) => currentTime))'
			),
		(seconds) => seconds >= 12
	);
	await page.goto(`${site.origin}/import`);
});

test('a server that asks for rest is waited for, and the page says so', async () => {
	let isBusy = true;
	const feed = origin.on('/busy.xml', (_request, response) => {
		if (isBusy) response.writeHead(429, { 'Retry-After': '3' }).end();
		else response.end('<rss version="2.0"><channel><title>Slow</title></channel></rss>');
	});
	await page.getByRole('radio', { name: 'A feed' }).check();
	await page.getByLabel('Address of the feed').fill(feed);
	await press();

	await says('127.0.0.1', '127.0.0.1 asked us to wait a while');
	isBusy = false;

	await says('Slow', 'Done');
});

test(
	'a library is moved from a music server by the page alone, with a restart in the middle',
	{ timeout: MOVING_MS },
	async ({ skip }) => {
		skip(!hasSupysonic, NO_SUPYSONIC);
		const folder = await mkdtemp(path.join(tmpdir(), 'segue-supysonic-'));
		const library = await makeLibrary(path.join(folder, 'music'));
		const supysonic = await startSupysonic(folder, path.join(folder, 'music'));
		try {
			const label = new URL(supysonic.url).host;
			await page.getByRole('radio', { name: 'A music server' }).check();
			await page.getByLabel('Address', { exact: true }).fill(supysonic.url);
			await page.getByLabel('User name').fill(supysonic.username);
			await page.getByLabel('Password').fill(supysonic.password);
			await press();
			await says(label, `of ${library.length} brought over`);
			supysonic.hold();
			await site.portal.kill();
			supysonic.goOn();
			await site.portal.start();

			await card(label).getByText('Done').waitFor({ timeout: MOVING_MS });
			await says(label, `${library.length} of ${library.length} brought over`);
			for (const bytes of library) {
				const hash = createHash('sha256').update(bytes).digest('hex');
				const kept = path.join(site.portal.dataDir, 'storage/originals', hash.slice(0, 2), hash);
				expect(
					createHash('sha256')
						.update(await readFile(kept))
						.digest('hex')
				).toBe(hash);
			}
		} finally {
			await supysonic.close();
			await rm(folder, { recursive: true, force: true });
		}
	}
);
