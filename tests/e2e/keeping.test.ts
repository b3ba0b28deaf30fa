import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { PlaylistList, PlaylistPage } from '#contracts/playlist';
import type { Track } from '#contracts/track';
import { startBrowser } from '../support/browser.ts';
import { makeMusic } from '../support/music.ts';
import { OWNER, type Client } from '../support/portal.ts';
import { runSegue } from '../support/segue.ts';
import { openPage, startSite } from '../support/site.ts';
import { retryUntil } from '../support/until.ts';

const TITLES = ['Harbour', 'Meridian', 'Undertow'];

let site: Awaited<ReturnType<typeof startSite>>;
let owner: Client;
let page: Page;
let songs: Track[];

beforeAll(async () => {
	site = await startSite();
	owner = await site.portal.signIn();
	songs = [];
	for (const [at, title] of TITLES.entries()) {
		const tags = { title, artist: 'Mara', album: 'Low Water', track: String(at + 1) };
		const bytes = await makeMusic({ format: 'mp3', seconds: 4, hertz: 300 + 60 * at, tags });
		const { trackId } = await owner.outcome(await owner.send(`${title}.mp3`, bytes));
		songs.push((await (await owner.fetch(`/api/tracks/${trackId}`)).json()) as Track);
	}
	page = await openPage(site.context);
});
afterAll(() => site.close());

const release = () => `${site.origin}/releases/${songs[0]?.releaseSlug}`;
const playlists = async () =>
	((await (await owner.fetch('/api/playlists')).json()) as PlaylistList).playlists;
const titlesOf = (on: Page) => on.locator('li[data-id] .title').allInnerTexts();
const shows = (on: Page, titles: readonly string[]) =>
	retryUntil(
		() => titlesOf(on),
		(shown) => shown.join() === titles.join()
	);
const stored = async (id: string) =>
	((await (await owner.fetch(`/api/playlists/${id}`)).json()) as PlaylistPage).items.map(
		({ title }) => title
	);

/** Rules of WCAG 2.2 AA that this page breaks. */
async function broken(on: Page): Promise<string[]> {
	const file = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
	await on.evaluate(await readFile(file, 'utf8'));
	return on.evaluate<string[]>(
		`axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }).then(({ violations }) =>
			violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join()))`
	);
}

test('who is not signed in and likes a track signs in, comes back, and it is liked', async () => {
	await page.goto(release());
	await page.getByRole('button', { name: 'Like Meridian' }).click();
	await page.waitForURL(/\/signin\?next=/);
	await page.getByText('Sign in to like a track.').waitFor();
	await page.getByLabel('E-mail').fill(OWNER.email);
	await page.getByLabel('Password').fill(OWNER.password);
	await page.getByRole('button', { name: 'Sign in' }).click();

	await page.waitForURL(release());
	await page.getByText('You like “Meridian”').waitFor();
	await retryUntil(
		async () => (await owner.fetch(`/api/likes?ids=${songs[1]?.id}`)).text(),
		(answer) => answer.includes(songs[1]?.id ?? '-')
	);
	await page.reload();
	await page.getByRole('button', { name: 'Like Meridian', pressed: true }).waitFor();
});

test('a like that the portal does not take is taken back, and said', async () => {
	await page.goto(release());
	await page.getByRole('button', { name: 'Like Meridian', pressed: true }).waitFor();
	await page.route('**/api/likes/*', (route) => route.abort());

	await page.getByRole('button', { name: 'Like Harbour' }).click();

	await page.getByText('“Harbour” is not among your likes.').waitFor();
	await page.getByRole('button', { name: 'Like Harbour', pressed: false }).waitFor();
	await page.unroute('**/api/likes/*');
});

test('a playlist is made where a track is, and what was added can be taken back', async () => {
	await page.goto(release());
	await page.getByRole('button', { name: 'Add Low Water to a playlist' }).click();
	await page.getByLabel('Name').fill('Late trains');
	await page.getByRole('button', { name: 'Make it and add' }).click();
	await page.getByText('3 tracks added to Late trains').waitFor();
	const [made] = await playlists();
	expect(await stored(made?.id ?? '')).toEqual(TITLES);

	await page.getByRole('button', { name: 'More for Harbour' }).click();
	await page.getByRole('button', { name: 'Add to playlist…' }).click();
	await page.getByRole('button', { name: 'Late trains' }).click();
	await page.getByText('“Harbour” is in Late trains already.').waitFor();
	expect(await stored(made?.id ?? '')).toEqual(TITLES);
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await retryUntil(
		() => stored(made?.id ?? ''),
		(titles) => titles.length === 4
	);
	// The portal has it before the page says so, and what was said before still offers to be undone.
	await page.getByText('“Harbour” added to Late trains').waitFor();
	await page.getByRole('button', { name: 'Undo' }).last().click();
	await retryUntil(
		() => stored(made?.id ?? ''),
		(titles) => titles.join() === TITLES.join()
	);
});

test('of a release that is in a playlist in part the rest is added', async () => {
	const [made] = await playlists();
	const id = made?.id ?? '';
	const { items, version } = (await (
		await owner.fetch(`/api/playlists/${id}`)
	).json()) as PlaylistPage;
	await owner.fetch(`/api/playlists/${id}`, {
		method: 'PATCH',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ version, remove: items.slice(1).map((item) => item.id) })
	});
	const chooseIt = async () => {
		await page.getByRole('button', { name: 'Add Low Water to a playlist' }).click();
		await page.getByRole('button', { name: 'Late trains' }).click();
	};
	await page.goto(release());

	await chooseIt();
	await page.getByText('Already in Late trains: 1 track of 3.').waitFor();
	await page.getByRole('button', { name: 'Add the others' }).click();
	await page.getByText('2 tracks added to Late trains').waitFor();
	await chooseIt();
	await page.getByText('All of these are in Late trains already.').waitFor();
	await page.getByRole('button', { name: 'Leave it' }).click();

	await page.getByRole('dialog').waitFor({ state: 'detached' });
	expect(await stored(id)).toEqual(TITLES);
});

test('the keyboard moves a track, says where it is, and keeps hold of it', async () => {
	const [made] = await playlists();
	await page.goto(`${site.origin}/playlists/${made?.slug}`);
	await shows(page, TITLES);
	const handle = page.getByRole('button', { name: /^Move Harbour/ });
	await handle.focus();

	await page.keyboard.press('ArrowDown');
	await page.getByText('Harbour, now 2 of 3').waitFor({ state: 'attached' });
	await page.keyboard.press('End');

	await shows(page, ['Meridian', 'Undertow', 'Harbour']);
	expect(await handle.evaluate((button) => button === button.ownerDocument.activeElement)).toBe(
		true
	);
	await retryUntil(
		() => stored(made?.id ?? ''),
		(titles) => titles.join() === 'Meridian,Undertow,Harbour'
	);
});

test('a pointer drags a track, and scrolls the page while it rests at its edge', async () => {
	const [made] = await playlists();
	await page.setViewportSize({ width: 1280, height: 420 });
	await page.goto(`${site.origin}/playlists/${made?.slug}`);
	await shows(page, ['Meridian', 'Undertow', 'Harbour']);
	const handle = page.getByRole('button', { name: /^Move Harbour/ });
	await handle.evaluate((button) => button.scrollIntoView({ block: 'center' }));
	const from = await handle.boundingBox();
	if (!from) throw new Error('the handle is not on the screen');
	const scrolled = () => page.evaluate(() => scrollY);
	expect(await scrolled()).toBeGreaterThan(0);

	await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
	await page.mouse.down();
	await page.mouse.move(from.x + from.width / 2, 4);
	await retryUntil(scrolled, (pixels) => pixels === 0);
	await page.mouse.up();

	await shows(page, ['Harbour', 'Meridian', 'Undertow']);
	await retryUntil(
		() => stored(made?.id ?? ''),
		(titles) => titles.join() === 'Harbour,Meridian,Undertow'
	);
	await page.setViewportSize({ width: 1280, height: 800 });
});

test('what the portal did not take stands as it was, also while it cannot be asked', async () => {
	const [made] = await playlists();
	await page.goto(`${site.origin}/playlists/${made?.slug}`);
	await shows(page, TITLES);
	await page.route(`**/api/playlists/${made?.id}*`, (route) => route.abort());

	await page.getByRole('button', { name: /^Move Harbour/ }).focus();
	await page.keyboard.press('End');
	await page.getByText('The order is as it was.').waitFor();
	await shows(page, TITLES);
	await page.getByRole('button', { name: 'More for Harbour' }).click();
	await page.getByRole('button', { name: 'Take it out' }).click();
	await page.getByText('“Harbour” is still here.').waitFor();

	await shows(page, TITLES);
	expect(await stored(made?.id ?? '')).toEqual(TITLES);
	await page.unroute(`**/api/playlists/${made?.id}*`);
});

test('another tab sees it at once; what contradicts is shown, and can be done upon it', async () => {
	const [made] = await playlists();
	const other = await openPage(site.context);
	for (const each of [page, other]) {
		await each.goto(`${site.origin}/playlists/${made?.slug}`);
		await shows(each, TITLES);
	}

	// Two who move one thing: the second did not hear of the first.
	await other.route(`**/api/playlists/${made?.id}`, (route) =>
		route.request().method() === 'GET' ? route.abort() : route.continue()
	);
	await page.getByRole('button', { name: /^Move Harbour/ }).focus();
	await page.keyboard.press('End');
	await retryUntil(
		() => stored(made?.id ?? ''),
		(titles) => titles[2] === 'Harbour'
	);
	await shows(other, TITLES);
	await other.getByRole('button', { name: /^Move Harbour/ }).focus();
	await other.keyboard.press('ArrowDown');
	await other.getByText('This playlist was changed elsewhere meanwhile.').waitFor();
	await shows(other, ['Meridian', 'Undertow', 'Harbour']);
	await other.unroute(`**/api/playlists/${made?.id}`);
	await other.getByRole('button', { name: 'Do mine too' }).click();

	for (const each of [page, other]) await shows(each, ['Meridian', 'Harbour', 'Undertow']);
	await other.close();
});

test('others join a playlist that its keeper opened, and both see what each does', async () => {
	const [made] = await playlists();
	const way = `${site.origin}/playlists/${made?.slug}`;
	await page.goto(way);
	await page.getByRole('button', { name: `More for ${made?.name}` }).click();
	await page.getByRole('button', { name: 'Name, text, who sees it…' }).click();
	await page.getByRole('radio', { name: /^Unlisted/ }).check();
	await page.getByRole('checkbox', { name: /^Others may change it/ }).check();
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Others may change it').waitFor();

	const { dataDir } = site.portal;
	const [email, password] = ['friend@portal.test', 'a long enough password'];
	const file = path.join(dataDir, 'password');
	await writeFile(file, password);
	const friend = ['--email', email, '--role', 'listener', '--password-file', file];
	await runSegue(['user', 'add', ...friend], { DATA_DIR: dataDir });
	const { context, close } = await startBrowser();
	try {
		const other = await openPage(context);
		await other.goto(`${site.origin}/signin?next=/playlists/${made?.slug}`);
		await other.getByLabel('E-mail').fill(email);
		await other.getByLabel('Password').fill(password);
		await other.getByRole('button', { name: 'Sign in' }).click();
		await other.getByRole('button', { name: 'Join in' }).click();
		await other.getByRole('button', { name: 'Leave' }).waitFor();

		await other.getByRole('button', { name: /^Move Meridian/ }).focus();
		await other.keyboard.press('End');
		for (const each of [page, other]) await shows(each, ['Harbour', 'Undertow', 'Meridian']);
		await page.getByRole('button', { name: /^Move Meridian/ }).focus();
		await page.keyboard.press('Home');
		for (const each of [page, other]) await shows(each, ['Meridian', 'Harbour', 'Undertow']);

		await other.goto(release());
		await other.getByRole('button', { name: 'Add Low Water to a playlist' }).click();
		await other
			.getByText(made?.name ?? '')
			.first()
			.waitFor();
	} finally {
		await close();
	}
});

test('what is taken out comes back to its place', async () => {
	const [made] = await playlists();
	await page.goto(`${site.origin}/playlists/${made?.slug}`);
	await shows(page, ['Meridian', 'Harbour', 'Undertow']);
	await page.getByRole('button', { name: 'More for Harbour' }).click();
	await page.getByRole('button', { name: 'Take it out' }).click();
	await shows(page, ['Meridian', 'Undertow']);

	await page.getByRole('button', { name: 'Undo' }).click();

	await shows(page, ['Meridian', 'Harbour', 'Undertow']);
});

test('a playlist has another name and is deleted, and put back', async () => {
	const [made] = await playlists();
	await page.goto(`${site.origin}/playlists/${made?.slug}`);
	await page.getByRole('button', { name: 'More for Late trains' }).click();
	await page.getByRole('button', { name: 'Name, text, who sees it…' }).click();
	await page.getByLabel('Name').fill('Night trains');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByRole('heading', { name: 'Night trains' }).waitFor();
	await retryUntil(playlists, ([first]) => first?.name === 'Night trains');

	await page.getByRole('button', { name: 'More for Night trains' }).click();
	await page.getByRole('button', { name: 'Delete this playlist' }).click();
	await page.waitForURL(/library\/playlists/);
	await page.getByRole('button', { name: 'Put Night trains back' }).click();

	await page.getByRole('link', { name: 'Night trains' }).waitFor();
});

test('every page of what is kept is open to everyone, on a phone and at a desk', async () => {
	const [made] = await playlists();
	await page.goto(`${site.origin}/artists/${songs[0]?.artistSlug}`);
	await page.getByRole('button', { name: 'Follow Mara' }).click();
	await page.getByRole('button', { name: 'Follow Mara', pressed: true }).waitFor();
	const paths = ['', '/playlists', '/history', '/following'].map((tab) => `/library${tab}`);
	for (const [width, colorScheme] of [
		[360, 'light'],
		[1280, 'dark']
	] as const) {
		await page.setViewportSize({ width, height: 800 });
		await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
		for (const path of [...paths, `/playlists/${made?.slug}`]) {
			await page.goto(site.origin + path);
			await page.getByRole('heading', { level: 1 }).waitFor();
			expect([path, width, await broken(page)]).toEqual([path, width, []]);
			const overflow = await page.evaluate<number>(
				'document.documentElement.scrollWidth - innerWidth'
			);
			expect([path, width, overflow <= 0]).toEqual([path, width, true]);
		}
		await page.getByRole('button', { name: 'More for Harbour' }).click();
		await page.getByRole('button', { name: 'Add to playlist…' }).click();
		await page.getByRole('button', { name: /^Night trains/ }).waitFor();
		expect(['sheet', width, await broken(page)]).toEqual(['sheet', width, []]);
		await page.keyboard.press('Escape');
	}
});
