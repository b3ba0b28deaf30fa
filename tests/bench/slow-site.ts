import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { byHttp3, QUIET } from '../support/browser.ts';
import { keyOf } from '../support/edge.ts';
import { makeMusic } from '../support/music.ts';
import type { Client } from '../support/portal.ts';
import { openPage } from '../support/site.ts';
import type { Emulation } from './emulation.ts';
import { startPortalSite, type PortalSite } from './portal-site.ts';
import { makeWav } from './wav.ts';

/** The home page shows so many; each is visited once in a cell. */
const RELEASES = 24;
const RELEASES_AT_ONCE = 6;
/** What is sent: so long that no cell sees the end of it. */
const FILES = 6;
const FILE_BYTES = 512 * 1024 ** 2;
/** Longer than any browser keeps ahead: a jump in it asks the server. */
const LONG_SECONDS = 1_200;

export type Protocol = 'h2' | 'h3' | 'http/1.1';

export interface Place {
	path: string;
	title: string;
}

/** The portal with music in it, and browsers at the far end of a link. */
export interface SlowSite {
	site: PortalSite;
	emulation: Emulation;
	/** Pages of releases to go to from the home page. */
	releases: readonly Place[];
	/** One with a long track of 320 kbit/s. */
	record: Place;
	/** What is uploaded. */
	files: readonly string[];
	/**
	 * Somebody who is signed in opens the home page with an empty cache and fresh connections, with the app's code for
	 * all pages here already, while the link is unlimited.
	 */
	visit(protocol: Protocol): Promise<{ page: Page; close(): Promise<void> }>;
	/** Ends what was not sent to its end, on the server. */
	forgetUploads(): Promise<void>;
	close(): Promise<void>;
}

export async function startSlowSite(emulation: Emulation): Promise<SlowSite> {
	const folder = await mkdtemp(path.join(tmpdir(), 'segue-slow-'));
	const site = await startPortalSite();
	const browsers: Browser[] = [];
	const close = async () => {
		for (const browser of browsers) await browser.close();
		await emulation.close();
		await site.close();
		await rm(folder, { recursive: true, force: true });
	};
	try {
		const files = Array.from({ length: FILES }, (_, at) => path.join(folder, `Long ${at + 1}.wav`));
		for (const file of files) await makeWav(file, FILE_BYTES);
		const { releases, record } = await fill(site.owner);
		const port = await emulation.reach(Number(new URL(site.origin).port));
		const origin = `https://localhost:${port}`;
		const { executablePath, args } = emulation.browser;
		const switches: Record<Protocol, () => Promise<readonly string[]>> = {
			h2: async () => QUIET,
			'http/1.1': async () => [...QUIET, '--disable-http2'],
			h3: async () => byHttp3(port, await keyOf(site.portal.dataDir))
		};
		const launched = new Map<Protocol, Browser>();
		const launch = async (protocol: Protocol) => {
			const browser =
				launched.get(protocol) ??
				(await chromium.launch({
					executablePath,
					headless: true,
					args: [
						...(await switches[protocol]()),
						'--autoplay-policy=no-user-gesture-required',
						...args
					]
				}));
			if (!launched.has(protocol)) browsers.push(browser);
			launched.set(protocol, browser);
			return browser;
		};
		const [first] = releases;
		if (!first) throw new Error('no releases');
		return {
			site,
			emulation,
			releases: releases.slice(1),
			record,
			files,
			async visit(protocol) {
				const context = await (
					await launch(protocol)
				).newContext({
					ignoreHTTPSErrors: true,
					viewport: { width: 1280, height: 800 },
					// A person's own setting. Its animations cost the same whoever has the link, and hide what is measured.
					reducedMotion: 'reduce'
				});
				const [name = '', value = ''] = (site.owner.headers['Cookie'] ?? '').split('=');
				await context.addCookies([{ name, value, url: origin }]);
				const page = await openPage(context);
				await page.goto(origin, { waitUntil: 'networkidle' });
				const carriedBy = await page.evaluate<string>(
					"performance.getEntriesByType('navigation')[0].nextHopProtocol"
				);
				if (carriedBy !== protocol) throw new Error(`${carriedBy} instead of ${protocol}`);
				for (const place of [first.path, '/upload', '/']) {
					await page.evaluate(
						`[...document.links].find(({ pathname }) => pathname === '${place}').click()`
					);
					await page.waitForURL(origin + place);
				}
				await page.waitForLoadState('networkidle');
				return { page, close: () => context.close() };
			},
			async forgetUploads() {
				const response = await site.owner.fetch('/api/uploads?open=1');
				const { uploads } = (await response.json()) as { uploads: { id: string }[] };
				if (uploads.length === 0) return;
				// For its token, which is good for all uploads of this person.
				const key = `token-${performance.now()}`;
				const url = await site.owner.accepted({ key, name: 'token.wav', size: 1 });
				for (const each of [url, ...uploads.map(({ id }) => `/files/${id}`)]) {
					await site.owner.tus('DELETE', each);
				}
			},
			close
		};
	} catch (error) {
		await close();
		throw error;
	}
}

/** Music for everybody: small records with covers, and one that plays for minutes. */
async function fill(owner: Client): Promise<{ releases: Place[]; record: Place }> {
	const numbers = Array.from({ length: RELEASES }, (_, at) => at);
	const ids: string[] = [];
	const send = async (title: string, recipe: { seconds: number; hertz: number; cover: string }) => {
		const tags = { title: `${title} song`, artist: 'Artist', album_artist: 'Artist', album: title };
		const args = ['-b:a', '320k', '-id3v2_version', '3'];
		const song = await makeMusic({ format: 'mp3', ...recipe, tags, args });
		ids.push(await owner.send(`${title}.mp3`, song));
	};
	await send('The long one', { seconds: LONG_SECONDS, hertz: 220, cover: '0x335577' });
	for (let from = 0; from < RELEASES; from += RELEASES_AT_ONCE) {
		await Promise.all(
			numbers.slice(from, from + RELEASES_AT_ONCE).map((at) => {
				const title = `Record ${String(at + 1).padStart(2, '0')}`;
				const cover = `0x${(at * 10).toString(16).padStart(2, '0')}6644`;
				return send(title, { seconds: 2, hertz: 300 + at, cover });
			})
		);
	}
	for (const id of ids) {
		const { state, code } = await owner.outcome(id);
		if (state !== 'ready') throw new Error(`a song is ${state} (${code}), not ready`);
	}
	const response = await owner.fetch('/api/tracks?limit=200');
	const { tracks } = (await response.json()) as {
		tracks: { release: string; releaseSlug: string }[];
	};
	const places = tracks.map(({ release, releaseSlug }) => ({
		title: release,
		path: `/releases/${releaseSlug}`
	}));
	const record = places.find(({ title }) => title === 'The long one');
	if (!record) throw new Error('the long one is not there');
	// Oldest and newest stand elsewhere on the home page.
	return { record, releases: places.filter((place) => place !== record).slice(1) };
}
