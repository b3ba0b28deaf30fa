import type { Route } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { protocolOf } from '../support/browser.ts';
import { makeMusic } from '../support/music.ts';
import type { Client } from '../support/portal.ts';
import { openPage, signIn, startSite } from '../support/site.ts';
import { retryUntil } from '../support/until.ts';

const FILES = 8;
/** About 3 Mbit/s. */
const SLOW = 400_000;

let site: Awaited<ReturnType<typeof startSite>>;
let owner: Client;
let songs: Uint8Array<ArrayBuffer>[];

beforeAll(async () => {
	site = await startSite();
	owner = await site.portal.signIn();
	const page = await openPage(site.context);
	// Without TLS, so that the cookie counts at both addresses.
	await signIn(page, site.plainOrigin);
	await page.close();
	songs = await Promise.all(
		Array.from({ length: FILES }, (_, at) =>
			makeMusic({ format: 'wav', seconds: 8, hertz: 300 + at })
		)
	);
});
afterAll(() => site.close());

/** How many of these uploads the server has whole. */
async function arrived(isOurs: (name: string) => boolean): Promise<number> {
	const { uploads } = (await (await owner.fetch('/api/uploads')).json()) as {
		uploads: { name: string; state: string }[];
	};
	return uploads.filter(
		({ name, state }) => isOurs(name) && !['waiting', 'sending'].includes(state)
	).length;
}

test('over HTTP/1.1, sent as everybody sends, a page waits until an upload ends', async () => {
	const { context, plainOrigin, plainWire } = site;
	const page = await openPage(context);
	await page.goto(`${plainOrigin}/upload`);
	expect(await protocolOf(page)).toBe('http/1.1');
	const outcomes = await owner.register(
		songs.map((song, at) => ({ key: `h1-${at}`, name: `h1-${at}.wav`, size: song.length }))
	);
	const urls = outcomes.flatMap((outcome) => (outcome.outcome === 'accepted' ? [outcome.url] : []));
	const isOurs = (name: string) => name.startsWith('h1-');
	plainWire.slow(SLOW);

	await page.evaluate(
		({ urls: targets, token, size }) => {
			for (const url of targets) {
				void fetch(url, {
					method: 'PATCH',
					// With the cookie: then they take the very connections that pages need.
					credentials: 'same-origin',
					headers: {
						Authorization: `Bearer ${token}`,
						'Tus-Resumable': '1.0.0',
						'Upload-Offset': '0',
						'Content-Type': 'application/offset+octet-stream'
					},
					body: new Uint8Array(size)
				});
			}
		},
		{ urls, token: owner.token, size: songs[0]?.length ?? 0 }
	);
	await retryUntil(
		() => plainWire.sent,
		(sent) => sent > 200_000
	);
	await page.getByRole('link', { name: 'Home' }).first().click();
	// As long as an upload takes, on a busy machine too.
	await page.waitForURL(`${plainOrigin}/`, { timeout: 60_000 });

	expect(urls).toHaveLength(FILES);
	expect(await arrived(isOurs)).toBeGreaterThan(0);
	plainWire.slow(Infinity);
	await page.close();
});

test('over HTTP/2 as it ships the page is there before any upload ends', async () => {
	const { context, origin, wire } = site;
	const page = await openPage(context);
	await page.goto(`${origin}/upload`);
	expect(await protocolOf(page)).toBe('h2');
	const isOurs = (name: string) => name.startsWith('h2-');
	// Slower than above, so that a busy machine has time to show a page before the first upload ends.
	wire.slow(SLOW / 2);
	const before = wire.sent;

	await page.getByTestId('upload-input').setInputFiles(
		songs.map((song, at) => ({
			name: `h2-${at}.wav`,
			mimeType: 'audio/wav',
			buffer: Buffer.from(song)
		}))
	);
	await retryUntil(
		() => wire.sent - before,
		(sent) => sent > 200_000
	);
	await page.getByRole('link', { name: 'Home' }).first().click();
	await page.waitForURL(`${origin}/`);

	expect(await arrived(isOurs)).toBe(0);
	wire.slow(Infinity);
	await retryUntil(
		() => arrived(isOurs),
		(count) => count === FILES
	);
	await page.close();
});

test('two tabs that cannot agree on one that sends have four requests together', async () => {
	const { context, plainOrigin } = site;
	const openTab = async (name: string) => {
		const page = await openPage(context);
		// Browsers give locks to secure pages only, and take this host for secure.
		await page.addInitScript('delete Navigator.prototype.locks');
		await page.goto(`${plainOrigin}/upload`);
		const routes: Route[] = [];
		await page.route('**/files/**', (route) => void routes.push(route));
		// So small that the window over uploads has room for more of them than the tabs have requests, and so large that
		// no two share one.
		const song = Buffer.from(await makeMusic({ format: 'wav', seconds: 0.23, hertz: 200 }));
		const files = Array.from({ length: 10 }, (_, at) => {
			const buffer = Buffer.from(song);
			buffer.write(`${name} ${at}`, buffer.length - 16); // no two files are the same
			return { name: `${name}-${at}.wav`, mimeType: 'audio/wav', buffer };
		});
		await page.getByTestId('upload-input').setInputFiles(files);
		return { page, routes };
	};
	const first = await openTab('first');
	await retryUntil(
		() => first.routes.length,
		(count) => count === 4
	);
	const second = await openTab('second');
	await retryUntil(
		() => second.routes.length,
		(count) => count === 2
	);

	for (const route of first.routes.splice(0)) await route.continue();
	await retryUntil(
		() => first.routes.length,
		(count) => count === 2
	);
	await first.page.getByText('Sending 5 of 10').first().waitFor();

	expect([first.routes.length, second.routes.length]).toEqual([2, 2]);
	for (const { page } of [first, second]) await page.unroute('**/files/**'); // what is held goes on
	await retryUntil(
		() => arrived((name) => /^(first|second)-/.test(name)),
		(count) => count === 20
	);
});
