import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSong } from '../support/music.ts';
import type { Client } from '../support/portal.ts';
import { openPage, signIn, startSite } from '../support/site.ts';
import { retryUntil } from '../support/until.ts';

/** More than the first page of releases has. */
const RELEASES = 60;
const AT_ONCE = 4;
const ALL_PAGES_MS = 180_000;
const SIZES = [
	[360, 740],
	[1280, 800]
] as const;

let site: Awaited<ReturnType<typeof startSite>>;
let owner: Client;
let page: Page;
let axe: string;
let firstNightId: string;

beforeAll(async () => {
	axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
	site = await startSite();
	owner = await site.portal.signIn();
	const songs = [
		...Array.from({ length: RELEASES }, (_, n) => ({
			title: `Song ${n}`,
			artist: `Artist ${n % 9}`,
			album: `Release ${n}`,
			genre: n % 2 ? 'Drone' : 'Field recordings',
			date: String(1980 + n)
		})),
		{ title: 'Night Ferry', artist: 'Mára Öst', album: 'Crossings', track: '1', genre: 'Drone' },
		{ title: 'Утро', artist: 'Mára Öst', album: 'Crossings', track: '2', genre: 'Drone' }
	];
	const add = async (tags: (typeof songs)[number]) => {
		const song = await makeSong(tags, tags.artist === 'Mára Öst' ? 'teal' : undefined);
		return owner.outcome(await owner.send(`${tags.title}.mp3`, song));
	};
	for (let at = 0; at < songs.length; at += AT_ONCE) {
		const added = await Promise.all(songs.slice(at, at + AT_ONCE).map(add));
		firstNightId = added.at(-2)?.trackId ?? '';
	}
	await retryUntil(
		async () => (await owner.fetch('/api/search?q=%D1%83%D1%82%D1%80%D0%BE')).text(),
		(found) => found.includes('Утро')
	);
	page = await openPage(site.context);
});
afterAll(() => site.close());

/** Holds back what a page asks for from now on, code where nothing else is said, until it is released. */
async function holdBack(
	pattern: string | RegExp = '**/_app/immutable/**'
): Promise<() => Promise<void>> {
	const { promise, resolve } = Promise.withResolvers<void>();
	await page.route(pattern, async (route) => {
		await promise;
		await route.continue();
	});
	return async () => {
		resolve();
		await page.unrouteAll({ behavior: 'wait' });
	};
}

test.each(SIZES)(
	'at %i × %i a search is asked and answered while it is typed',
	async (width, height) => {
		await page.setViewportSize({ width, height });
		await page.goto(`${site.origin}/search`);
		const field = page.getByRole('main').getByRole('searchbox');
		await field.pressSequentially('ost nig');
		await page.getByRole('main').getByRole('link', { name: 'Night Ferry' }).first().waitFor();
		await page.waitForURL(/\?q=ost(%20|\+)nig$/);
		expect(await field.inputValue()).toBe('ost nig');
		await page.reload();
		await page.getByRole('main').getByRole('link', { name: 'Night Ferry' }).first().waitFor();
		await page.getByRole('main').getByRole('searchbox').fill('zzzzqqq');
		await page.getByText('Nothing here is called that').waitFor();
	}
);

test('an answer that comes while somebody types on leaves the field alone; another way to the page fills it', async () => {
	await page.goto(`${site.origin}/search`, { waitUntil: 'networkidle' });
	const field = page.getByRole('main').getByRole('searchbox');
	const release = await holdBack(/\/search\/__data\.json\?q=o&/);
	const isAsked = page.waitForRequest(/__data\.json\?q=o&/);
	await field.press('o');
	await isAsked;
	// Letters follow each other faster than the next question is asked, while the first is answered.
	const isAnswered = page.waitForURL(/\?q=o$/);
	const typesOn = (async () => {
		for (const letter of 'st nig st nig st nig') await field.press(letter, { delay: 40 });
	})();
	await release();
	await isAnswered;
	await typesOn;
	expect(await field.inputValue()).toBe('ost nig st nig st nig');
	await field.fill('ost nig');
	await page.waitForURL(/\?q=ost(%20|\+)nig$/);
	await page.getByRole('navigation').getByRole('link', { name: 'Search' }).first().click();
	await page.waitForURL(/\/search$/);
	expect(await field.inputValue()).toBe('');
	await field.fill('ferry');
	await page.waitForURL(/\?q=ferry$/);
	await page.getByRole('main').getByRole('link', { name: 'Night Ferry' }).first().click();
	await page.getByRole('heading', { level: 1, name: 'Night Ferry' }).waitFor();
	await page.goBack();
	await page.waitForURL(/\?q=ferry$/);
	expect(await field.inputValue()).toBe('ferry');
});

test('no letter is lost that is typed while the dialog is fetched, and the keyboard alone comes to a track', async () => {
	await page.goto(`${site.origin}/releases`, { waitUntil: 'networkidle' });
	const release = await holdBack();
	await page.keyboard.press('/');
	await page.keyboard.type('nighy');
	await page.keyboard.press('Backspace');
	await page.keyboard.type('t');
	await release();
	const field = page.getByRole('combobox', { name: /Search/ });
	await field.waitFor();
	await page.keyboard.type(' fe');
	expect(await field.inputValue()).toBe('night fe');
	await page.getByRole('option', { name: /Night Ferry/ }).waitFor();
	await page.keyboard.press('ArrowDown');
	await page.getByRole('option', { name: /Night Ferry/, selected: true }).waitFor();
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { name: 'Night Ferry', level: 1 }).waitFor();
	expect(await page.getByRole('dialog').count()).toBe(0);
});

test('Ctrl+K opens the search above a field too, Escape closes it, and the focus goes back', async () => {
	await page.goto(`${site.origin}/search`, { waitUntil: 'networkidle' });
	const field = page.getByRole('main').getByRole('searchbox');
	await field.focus();
	await page.keyboard.press('Control+k');
	const dialog = page.getByRole('dialog', { name: 'Search' });
	await dialog.getByRole('combobox').waitFor();
	await page.keyboard.type('утро');
	await dialog.getByRole('option', { name: /Утро/ }).waitFor();
	expect(await faultsOf(RULES)).toEqual([]);
	await page.keyboard.press('Escape');
	await dialog.waitFor({ state: 'detached' });
	expect(await field.evaluate((input) => input === document.activeElement)).toBe(true);
});

test.each(SIZES)(
	'at %i × %i releases go on and on, and Back leads to the same place',
	async (width, height) => {
		await page.setViewportSize({ width, height });
		await page.goto(`${site.origin}/releases`);
		const covers = page.locator('main ul.grid > li');
		await retryUntil(
			async () => {
				await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
				return covers.count();
			},
			(shown) => shown === RELEASES + 1
		);
		const far = page.getByRole('link', { name: 'Release 5', exact: true });
		await far.scrollIntoViewIfNeeded();
		await far.click();
		await page.getByRole('heading', { name: 'Release 5', level: 1 }).waitFor();
		await page.goBack();
		await far.waitFor();
		await retryUntil(
			() =>
				far.evaluate((link) => {
					const { top, bottom } = link.getBoundingClientRect();
					return top < innerHeight && bottom > 0;
				}),
			(isSeen) => isSeen
		);
		expect(await covers.count()).toBe(RELEASES + 1);
	}
);

test('a genre leads to its releases', async () => {
	await page.goto(`${site.origin}/genres`);
	await page.getByRole('link', { name: /Field recordings/ }).click();
	await page.getByRole('heading', { name: 'Field recordings', level: 1 }).waitFor();
	await page.getByRole('link', { name: 'Release 58', exact: true }).waitFor();
	expect(await page.getByRole('link', { name: 'Release 59', exact: true }).count()).toBe(0);
});

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const CONTRAST = ['color-contrast'];

/** Rules, or rules that have these tags, that the page breaks. */
async function faultsOf(rules: readonly string[]): Promise<string[]> {
	await page.evaluate(axe);
	return page.evaluate<string[]>(`axe
		.run(document, { runOnly: ${JSON.stringify(rules)} })
		.then(({ violations }) => violations.map(
			({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')
		))`);
}

async function faultsAt(paths: readonly string[]): Promise<string[]> {
	const faults: string[] = [];
	for (const path of paths) {
		await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
		await page.goto(site.origin + path);
		for (const [width, height] of SIZES) {
			await page.setViewportSize({ width, height });
			const found = await faultsOf(RULES);
			faults.push(...found.map((fault) => `${path} ${width} ${fault}`));
			const isWider = await page.evaluate(
				() => document.documentElement.scrollWidth > document.documentElement.clientWidth
			);
			if (isWider) faults.push(`${path} ${width}: scrolls sideways`);
		}
		await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
		// By night only the colours are others.
		const byNight = await faultsOf(CONTRAST);
		faults.push(...byNight.map((fault) => `${path} by night ${fault}`));
	}
	return faults;
}

const SHELVES = ['/', '/search?q=ost', '/releases', '/artists', '/genres', '/genres/drone', '/404'];

test('shelves are for everybody, by day and by night', { timeout: ALL_PAGES_MS }, async () => {
	expect(await faultsAt(['/signin', ...SHELVES])).toEqual([]);
});

test('rooms are for everybody too', { timeout: ALL_PAGES_MS }, async () => {
	await signIn(page, site.origin);
	const rooms = ['/library', '/upload', '/import', '/studio', '/studio/export'];
	expect(await faultsAt(rooms)).toEqual([]);
});

test('who began a release goes on with its next track from home', async () => {
	await owner.post('/api/plays', { trackId: firstNightId, seconds: 1 });
	await page.goto(`${site.origin}/`);
	await page.getByRole('heading', { name: 'Continue listening' }).waitFor();
	await page.getByText('Track 2 of 2').waitFor();
	expect(await faultsOf(RULES)).toEqual([]);
	await page.getByRole('button', { name: 'Go on with Crossings' }).click();
	await page.getByTestId('player').getByText('Утро').first().waitFor();
});

test('what is pressed, typed and chosen before a page hears of it is not lost', async () => {
	const scripts = '**/_app/immutable/**/*.js';
	await page.getByTestId('player').getByRole('button', { name: 'Pause', exact: true }).click();
	const play = await holdBack(scripts);
	await page.goto(`${site.origin}/releases/crossings`, { waitUntil: 'commit' });
	await page.getByRole('main').getByRole('button', { name: 'Play Crossings' }).click();
	await play();
	await page.getByTestId('player').getByRole('button', { name: 'Pause', exact: true }).waitFor();

	const search = await holdBack(scripts);
	await page.goto(`${site.origin}/search`, { waitUntil: 'commit' });
	const field = page.getByRole('main').getByRole('searchbox');
	await field.pressSequentially('ost ni');
	await search();
	await page.getByRole('main').getByRole('link', { name: 'Night Ferry' }).first().waitFor();
	expect(await field.inputValue()).toBe('ost ni');

	const upload = await holdBack(scripts);
	await page.goto(`${site.origin}/upload`, { waitUntil: 'commit' });
	const buffer = Buffer.from(await makeSong({ title: 'Early', artist: 'Mára Öst' }));
	const file = { name: 'Early.mp3', mimeType: 'audio/mpeg', buffer };
	await page.getByTestId('upload-input').setInputFiles([file]);
	await upload();
	await page.getByText('Added', { exact: true }).first().waitFor();
});
