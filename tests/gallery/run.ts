import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import type { Track } from '#contracts/track';
import { uploadFolder } from '../../cli/upload.ts';
import { openAccounts } from '../../server/beside.ts';
import { loadConfig } from '../../server/config.ts';
import { OWNER, type Client } from '../support/portal.ts';
import { openPage, signIn, startSite } from '../support/site.ts';
import { retryUntil } from '../support/until.ts';
import { songsIn, writeLibrary } from './library.ts';

const PICTURES = fileURLToPath(new URL('../../docs/gallery/', import.meta.url));
/** A release of the demo that looks well. */
const SHOWN = 'Lucid Orbit';
const TRACKS = 40;
const SECONDS = 15;
/** Slow enough that an upload is seen under way. */
const UPLOAD_BYTES_PER_SECOND = 300_000;
const MAX_BYTES = 200_000;

/** What opens, and what is done there before the picture is taken. */
interface Scene {
	name: string;
	path: string;
	act?: (page: Page, isPhone: boolean) => Promise<void>;
	/** It goes on from one picture to the next: opened once. */
	stays?: boolean;
}

const LOOKS = [
	{ name: 'desk', width: 1280, height: 800, colorScheme: 'light' },
	{ name: 'phone', width: 360, height: 740, colorScheme: 'dark' }
] as const;

// A library that is kept is not made anew.
const { values } = parseArgs({ options: { library: { type: 'string' } } });
const scratch = await mkdtemp(path.join(tmpdir(), 'segue-gallery-'));
const folder = values.library ?? path.join(scratch, 'library');
const more = `${folder}, to upload`;
const site = await startSite();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.once(signal, () => void end().finally(() => process.exit(1)));
}
try {
	await writeLibrary(folder, { seed: 1, tracks: TRACKS, seconds: SECONDS });
	await writeLibrary(more, { seed: 2, tracks: 14, seconds: SECONDS });
	const owner = await site.portal.signIn();
	await send();
	await draw(await fill(owner));
	await drawForVisitors();
} finally {
	await end();
}

async function end() {
	await site.close();
	await rm(scratch, { recursive: true, force: true });
}

async function send() {
	const { accounts, close } = await openAccounts(loadConfig({ DATA_DIR: site.portal.dataDir }));
	const token = await accounts.apiToken(OWNER.email);
	await close();
	const to = site.portal.origin;
	const failed = await uploadFolder({ folder, to, token, publish: true, out: process.stderr });
	if (failed > 0) throw new Error(`${failed} tracks of the demo library were not taken`);
}

interface Filled {
	tracks: readonly Track[];
	playlist: string;
}

/** Somebody lived here for a while. */
async function fill(owner: Client): Promise<Filled> {
	const tracks = await retryUntil(
		async () => ((await (await owner.fetch('/api/tracks')).json()) as { tracks: Track[] }).tracks,
		(all) => all.every(({ release, peaksUrl }) => release !== SHOWN || peaksUrl)
	);
	const seconds = 40;
	for (const { id } of tracks.filter((_, n) => n % 5 === 0)) {
		await owner.post('/api/plays', { trackId: id, seconds });
		await owner.fetch(`/api/likes/${id}`, { method: 'PUT' });
	}
	const browsed = await owner.fetch('/api/browse/artists');
	for (const { id } of ((await browsed.json()) as { artists: { id: string }[] }).artists) {
		await owner.fetch(`/api/follows/${id}`, { method: 'PUT' });
	}
	const playlist = await makePlaylist(owner, 'Slow mornings', every(tracks, 4));
	await makePlaylist(owner, 'Trains at night', every(tracks, 7));
	await owner.fetch(`/api/tracks/${tracks.at(-1)?.id}`, { method: 'DELETE' });
	return { tracks: tracks.slice(0, -1), playlist };
}

function every(tracks: readonly Track[], nth: number): string[] {
	return tracks.filter((_, n) => n % nth === 0).map(({ id }) => id);
}

/** @returns its page */
async function makePlaylist(owner: Client, name: string, add: string[]): Promise<string> {
	const made = await owner.post('/api/playlists', { name, visibility: 'public' });
	const { id, version } = (await made.json()) as { id: string; version: number };
	await owner.fetch(`/api/playlists/${id}`, {
		method: 'PATCH',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ version, add })
	});
	const all = (await (await owner.fetch('/api/playlists')).json()) as {
		playlists: { id: string; slug: string }[];
	};
	return `/playlists/${all.playlists.find((one) => one.id === id)?.slug}`;
}

async function draw(filled: Filled) {
	const page = await openPage(site.context);
	await signIn(page, site.origin);
	await feature(page, SHOWN);
	await drawAll(page, scenesOf(filled));
	await page.close();
}

/** What one sees before anybody knows who one is. */
async function drawForVisitors() {
	await site.context.clearCookies();
	const page = await openPage(site.context);
	await drawAll(page, [
		{ name: 'signin', path: '/signin' },
		{ name: 'not-found', path: '/tracks/no-such-song' }
	]);
	await page.close();
}

async function drawAll(page: Page, scenes: readonly Scene[]) {
	await mkdir(PICTURES, { recursive: true });
	for (const scene of scenes) {
		for (const [at, { name, width, height, colorScheme }] of LOOKS.entries()) {
			await page.setViewportSize({ width, height });
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			if (at === 0 || !scene.stays) {
				await page.goto(site.origin + scene.path, { waitUntil: 'networkidle' });
			}
			await scene.act?.(page, name === 'phone');
			await page.evaluate('document.fonts.ready.then(() => true)');
			await keep(await page.screenshot(), `${scene.name}-${name}`);
		}
	}
}

async function feature(page: Page, title: string) {
	await page.goto(`${site.origin}/admin/featured`, { waitUntil: 'networkidle' });
	await page.getByRole('button', { name: `Feature ${title}` }).click();
	await page.getByRole('button', { name: `Take out ${title}` }).waitFor();
}

function scenesOf({ tracks, playlist }: Filled): Scene[] {
	const track = tracks.find(({ release }) => release === SHOWN);
	if (!track?.releaseSlug) throw new Error('the demo library has another look now');
	const release = `/releases/${track.releaseSlug}`;
	return [
		{ name: 'home', path: '/' },
		{ name: 'queue', path: release, act: openQueue },
		{ name: 'release', path: release },
		{ name: 'track', path: `/tracks/${track.slug}`, act: seek },
		{ name: 'artist', path: `/artists/${track.artistSlug}` },
		{ name: 'search', path: '/search?q=harbour' },
		{ name: 'releases', path: '/releases' },
		{ name: 'artists', path: '/artists' },
		{ name: 'genres', path: '/genres' },
		{ name: 'playlist', path: playlist },
		{ name: 'likes', path: '/library' },
		{ name: 'playlists', path: '/library/playlists' },
		{ name: 'following', path: '/library/following' },
		{ name: 'history', path: '/library/history' },
		{ name: 'studio', path: '/studio' },
		{ name: 'studio-track', path: `/studio/tracks/${track.id}` },
		{ name: 'statistics', path: '/studio/statistics' },
		{ name: 'bin', path: '/studio/bin' },
		{ name: 'export', path: '/studio/export' },
		{ name: 'import', path: '/import' },
		{ name: 'owner', path: '/admin' },
		{ name: 'people', path: '/admin/people' },
		{ name: 'featured', path: '/admin/featured' },
		{ name: 'jobs', path: '/admin/jobs' },
		{ name: 'reports', path: '/admin/reports' },
		{ name: 'upload', path: '/upload', act: upload, stays: true }
	];
}

async function seek(page: Page, isPhone: boolean) {
	// The player comes back to where it was.
	if (isPhone) return;
	const slider = page.getByRole('main').getByRole('slider');
	await page.getByRole('main').locator('.waveform path').first().waitFor();
	await slider.focus();
	for (let n = 0; n < 3; n++) await page.keyboard.press('PageUp');
	await page
		.getByRole('main')
		.getByRole('button', { name: /^Pause/ })
		.click();
	await slider.blur();
}

async function openQueue(page: Page, isPhone: boolean) {
	await page
		.getByRole('main')
		.getByRole('button', { name: /^Play / })
		.first()
		.click();
	const player = page.getByTestId('player');
	const name = isPhone ? 'Open the player' : 'Up next';
	await player.getByRole('button', { name }).click();
	await page.getByRole('list', { name: 'To come' }).waitFor();
}

async function upload(page: Page, isPhone: boolean) {
	if (!isPhone) {
		const session = await page.context().newCDPSession(page);
		await session.send('Network.enable');
		await session.send('Network.emulateNetworkConditions', {
			...{ offline: false, latency: 20, downloadThroughput: -1 },
			uploadThroughput: UPLOAD_BYTES_PER_SECOND
		});
		await page.getByTestId('upload-input').setInputFiles(await songsIn(more));
		await page.getByText('Added', { exact: true }).first().waitFor();
	}
}

/** As WebP, as good as fits. */
async function keep(png: Buffer, name: string) {
	for (const quality of [90, 80, 70, 60]) {
		const webp = await sharp(png).webp({ quality, effort: 6, smartSubsample: true }).toBuffer();
		if (webp.length > MAX_BYTES) continue;
		await writeFile(`${PICTURES}${name}.webp`, webp);
		return void process.stdout.write(
			`docs/gallery/${name}.webp  ${Math.round(webp.length / 1024)} kB\n`
		);
	}
	throw new Error(`${name} is over ${MAX_BYTES} bytes`);
}
