import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import type { TrackPage } from '#contracts/track';
import { CHROMIUM, QUIET } from '../support/browser.ts';
import { makeSong } from '../support/music.ts';
import type { Client } from '../support/portal.ts';
import { signIn } from '../support/site.ts';
import { retryUntil } from '../support/until.ts';
import { PageWeight, type Weight } from '../support/weight.ts';
import { known, median, sleep, type BenchOptions, type Row } from './bench.ts';
import { startPortalSite, type PortalSite } from './portal-site.ts';
import { vitalsOf, watchVitals, type Vitals } from './vitals.ts';

export const name = 'pages';
export const description =
	'What each page weighs, and how fast it is on a slowed CPU: LCP, CLS, INP; medians of the rounds';
export const settings = { rounds: [5], slowdown: [4] };
export const switches = { quick: { rounds: [1] } };

const RELEASES = 18;
const TRACKS_PER_RELEASE = 6;
const COLOURS = 'teal coral indigo olive plum sienna navy gold slategray'.split(' ');
const VIEWPORT = { width: 1280, height: 800 };
/** After a click: the frame that shows it is drawn, and told of. */
const SHOWN_MS = 400;
const PATIENCE_MS = 60_000;
const KB = 1000;

interface Asked {
	name: string;
	path: string;
	/** Somebody who may add music. */
	isSignedIn?: boolean;
}

interface Visit extends Vitals {
	weights: Record<'js' | 'css' | 'html', Weight>;
	/** Scripts until something sounded; null where nothing was played. */
	untilSound: Weight | null;
}

export async function run({ settings: asked, say }: BenchOptions): Promise<Row[]> {
	const { rounds: [rounds = 5] = [], slowdown: [slowdown = 4] = [] } = asked;
	const folder = await mkdtemp(path.join(tmpdir(), 'segue-pages-'));
	const site = await startPortalSite();
	const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...QUIET] });
	try {
		say(`adding ${RELEASES * TRACKS_PER_RELEASE} tracks`);
		const pages = await fill(site.owner);
		const session = path.join(folder, 'session.json');
		await keepSession(browser, site, session);
		const visits = new Map<string, Visit[]>(pages.map(({ name }) => [name, []]));
		for (let round = 1; round <= rounds; round++) {
			for (const page of pages) {
				say(`round ${round} of ${rounds}: ${page.name}`);
				const signedIn = page.isSignedIn ? session : null;
				visits.get(page.name)?.push(await visit(browser, site, { page, slowdown, signedIn }));
			}
		}
		return pages.map(({ name }) => rowOf(name, visits.get(name) ?? []));
	} finally {
		await browser.close();
		await site.close();
		await rm(folder, { recursive: true, force: true });
	}
}

function rowOf(name: string, visits: readonly Visit[]): Row {
	const [first] = visits;
	if (!first) throw new Error(`${name} was never visited`);
	const middle = (of: (visit: Visit) => number | null) => median(known(visits.map(of)));
	const kb = (weight: Weight, how: 'wire' | 'gz') => weight[how] / KB;
	const { js, css, html } = first.weights;
	return {
		page: name,
		'JS files': js.files,
		'JS kB gz': kb(js, 'gz'),
		'JS kB on the wire': kb(js, 'wire'),
		'JS kB gz until the first sound': middle(
			({ untilSound }) => untilSound && kb(untilSound, 'gz')
		),
		'CSS kB gz': kb(css, 'gz'),
		'CSS kB on the wire': kb(css, 'wire'),
		'HTML kB gz': kb(html, 'gz'),
		'HTML kB on the wire': kb(html, 'wire'),
		'LCP ms': middle(({ lcp }) => lcp),
		CLS: middle(({ cls }) => cls),
		'INP ms': middle(({ inp }) => inp)
	};
}

/** With an empty cache. The weight is that of the page before anybody does something. */
async function visit(
	browser: Browser,
	{ origin }: PortalSite,
	{ page: asked, slowdown, signedIn }: { page: Asked; slowdown: number; signedIn: string | null }
): Promise<Visit> {
	const context = await browser.newContext({
		ignoreHTTPSErrors: true,
		serviceWorkers: 'block',
		viewport: VIEWPORT,
		...(signedIn !== null && { storageState: signedIn })
	});
	try {
		const page = await context.newPage();
		page.setDefaultTimeout(PATIENCE_MS);
		await watchVitals(page);
		const weight = await PageWeight.on(page);
		const slowing = await context.newCDPSession(page);
		await slowing.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
		await page.goto(origin + asked.path);
		await page.waitForLoadState('networkidle');
		await sleep(SHOWN_MS);
		const { lcp, cls } = await vitalsOf(page);
		const weights = {
			js: await weight.of('js'),
			css: await weight.of('css'),
			html: await weight.of('html')
		};
		const hasPlayed = await useIt(page);
		const untilSound = hasPlayed ? await weight.of('js', await weight.firstSoundAt()) : null;
		const { inp } = await vitalsOf(page);
		return { lcp, cls, inp, weights, untilSound };
	} finally {
		await context.close();
	}
}

/** Opens and shuts a menu, plays, types, and goes elsewhere, as far as the page has what for. @returns whether it played */
async function useIt(page: Page): Promise<boolean> {
	const main = page.getByRole('main');
	const menu = main.getByRole('button', { name: /^More/ }).first();
	if (await press(menu)) {
		await page.keyboard.press('Escape');
		await sleep(SHOWN_MS);
	}
	const hasPlayed = await press(main.getByRole('button', { name: /^Play/ }).first());
	await press(page.getByRole('link', { name: 'Search' }).first());
	await page.waitForURL(/\/search/);
	await page.getByRole('searchbox').first().pressSequentially('song');
	await sleep(SHOWN_MS);
	return hasPlayed;
}

async function press(target: Locator): Promise<boolean> {
	if (!(await target.isVisible()) || !(await target.isEnabled())) return false;
	await target.click();
	await sleep(SHOWN_MS);
	return true;
}

async function keepSession(browser: Browser, { origin }: PortalSite, file: string) {
	const context = await browser.newContext({ ignoreHTTPSErrors: true, serviceWorkers: 'block' });
	await signIn(await context.newPage(), origin);
	await context.storageState({ path: file });
	await context.close();
}

/** Releases with covers, and a playlist. */
async function fill(owner: Client): Promise<Asked[]> {
	for (let release = 0; release < RELEASES; release++) {
		for (let n = 1; n <= TRACKS_PER_RELEASE; n++) {
			const tags = {
				title: `Song ${n} of ${release}`,
				artist: `Artist ${release % 5}`,
				album: `Album ${release}`,
				track: `${n}/${TRACKS_PER_RELEASE}`,
				genre: 'Ambient',
				date: '2024'
			};
			await owner.send(
				`${release}-${n}.mp3`,
				await makeSong(tags, COLOURS[release % COLOURS.length])
			);
		}
	}
	const { tracks } = await retryUntil(
		async () => (await (await owner.fetch('/api/tracks?limit=200')).json()) as TrackPage,
		({ tracks }) =>
			tracks.length === RELEASES * TRACKS_PER_RELEASE && tracks.every(({ peaksUrl }) => peaksUrl)
	);
	const [track] = tracks;
	if (!track) throw new Error('nothing was added');
	const made = await owner.post('/api/playlists', { name: 'Evening', visibility: 'public' });
	const { id, slug, version } = (await made.json()) as {
		id: string;
		slug: string;
		version: number;
	};
	await owner.fetch(`/api/playlists/${id}`, {
		method: 'PATCH',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ version, add: tracks.slice(0, 50).map(({ id }) => id) })
	});
	return [
		{ name: 'home', path: '/' },
		{ name: 'artist', path: `/artists/${track.artistSlug}` },
		{ name: 'release', path: `/releases/${track.releaseSlug}` },
		{ name: 'track', path: `/tracks/${track.slug}` },
		{ name: 'search', path: '/search?q=song' },
		{ name: 'browse', path: '/releases' },
		{ name: 'playlist', path: `/playlists/${slug}` },
		{ name: 'upload', path: '/upload', isSignedIn: true },
		{ name: 'studio', path: '/studio', isSignedIn: true }
	];
}
