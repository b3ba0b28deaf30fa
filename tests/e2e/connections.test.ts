import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TrackPage } from '#contracts/track';
import { byHttp3, protocolOf, startBrowser } from '../support/browser.ts';
import { keyOf, startEdge } from '../support/edge.ts';
import { makeMusic } from '../support/music.ts';
import { freePort } from '../support/portal.ts';
import { openPage, signIn, startSite } from '../support/site.ts';
import { retryUntil } from '../support/until.ts';

let site: Awaited<ReturnType<typeof startSite>>;

beforeAll(async () => {
	site = await startSite({ isRecorded: true });
});
afterAll(() => site.close());

test('uploads ride a connection on which no page, no sound and no news ever travels', async () => {
	const { context, origin, portal, recorded } = site;
	const page = await openPage(context);
	await signIn(page, origin);
	await page.goto(`${origin}/upload`);
	expect(await protocolOf(page)).toBe('h2');
	const songs = await Promise.all(
		[1, 2, 3].map(async (at) => ({
			name: `Ride ${at}.wav`,
			mimeType: 'audio/wav',
			buffer: Buffer.from(await makeMusic({ format: 'wav', seconds: 4, hertz: 400 + at }))
		}))
	);

	await page.getByTestId('upload-input').setInputFiles(songs);
	await page.getByRole('link', { name: 'Home' }).first().click();
	await page.getByRole('button', { name: 'Play Ride 1' }).first().click();
	await retryUntil(
		() => recorded.filter(({ path }) => path.includes('/stream')),
		(streams) => streams.length > 0
	);
	const owner = await portal.signIn();
	await retryUntil(
		async () => (await (await owner.fetch('/api/tracks')).json()) as { tracks: unknown[] },
		({ tracks }) => tracks.length === 3
	);

	const peersOf = (isUpload: boolean) => {
		const those = recorded.filter(({ path }) => path.startsWith('/files/') === isUpload);
		return new Set(those.map(({ peer }) => peer));
	};
	const [uploads, others] = [peersOf(true), peersOf(false)];
	expect(uploads.size).toBeGreaterThan(0);
	expect([...uploads].filter((peer) => others.has(peer) || peer === '')).toEqual([]);
	const paths = recorded.map(({ path }) => path.split('?')[0]);
	expect(paths).toContain('/live');
	expect(paths).toContain('/api/uploads');
});

test('over HTTP/3 uploads arrive as over HTTP/2', async () => {
	const { edgePort, portal } = site;
	const browser = await startBrowser({
		args: byHttp3(edgePort, await keyOf(portal.dataDir))
	});
	try {
		const page = await openPage(browser.context);
		const origin = `https://localhost:${edgePort}`;
		await signIn(page, origin);
		await page.goto(`${origin}/upload`);
		expect(await protocolOf(page)).toBe('h3');
		// Long enough for a few chunks: the first ones go before anything is known of the link.
		const buffer = Buffer.from(await makeMusic({ format: 'wav', seconds: 40, hertz: 510 }));

		await page
			.getByTestId('upload-input')
			.setInputFiles([{ name: 'Distance.wav', mimeType: 'audio/wav', buffer }]);

		const owner = await portal.signIn();
		await retryUntil(
			async () => (await (await owner.fetch('/api/tracks?q=Distance')).json()) as TrackPage,
			({ tracks }) => tracks.length === 1
		);
	} finally {
		await browser.close();
	}
});

/** Caddy as an access proxy: whoever was not at its door is asked who they are. */
const DOOR = `{
	admin off
	skip_install_trust
	auto_https disable_redirects
	storage file_system {$DATA_DIR}/caddy
}
{$SITE_ADDRESS} {
	tls internal
	handle /door {
		header Set-Cookie "access=granted; Path=/; Secure; HttpOnly; SameSite=Lax"
		respond "Come in."
	}
	@stranger not header Cookie *access=granted*
	handle @stranger {
		redir https://sign-in.invalid/ 302
	}
	handle {
		reverse_proxy 127.0.0.1:{$APP_PORT}
	}
}
`;

test('behind a proxy that wants its cookie uploads carry it, and the overlay says so', async () => {
	const { portal } = site;
	const folder = await mkdtemp(path.join(tmpdir(), 'segue-door-'));
	const config = path.join(folder, 'Caddyfile');
	await writeFile(config, DOOR);
	const origin = `https://localhost:${await freePort()}`;
	const door = await startEdge({
		...{ appPort: portal.port, dataDir: portal.dataDir, config },
		addresses: [origin]
	});
	const browser = await startBrowser();
	try {
		const page = await openPage(browser.context);
		await page.goto(`${origin}/door`);
		await signIn(page, origin);
		await page.goto(`${origin}/upload`);
		const buffer = Buffer.from(await makeMusic({ format: 'wav', seconds: 4, hertz: 520 }));
		await page
			.getByTestId('upload-input')
			.setInputFiles([{ name: 'Door.wav', mimeType: 'audio/wav', buffer }]);

		const owner = await portal.signIn();
		await retryUntil(
			async () => (await (await owner.fetch('/api/tracks?q=Door')).json()) as TrackPage,
			({ tracks }) => tracks.length === 1
		);
		await page.keyboard.press('Control+Shift+KeyM');
		await page.getByText('with the pages’ cookie').waitFor();
	} finally {
		await browser.close();
		await door.close();
		await rm(folder, { recursive: true });
	}
});

test('where bytes cost something files wait, and go when somebody says so', async () => {
	const { origin, portal } = site;
	const browser = await startBrowser();
	try {
		const page = await openPage(browser.context);
		await page.addInitScript(() => {
			const connection = Object.assign(new EventTarget(), { saveData: true });
			Object.defineProperty(navigator, 'connection', { value: connection });
		});
		await signIn(page, origin);
		await page.goto(`${origin}/upload`);
		const buffer = Buffer.from(await makeMusic({ format: 'wav', seconds: 4, hertz: 530 }));
		await page
			.getByTestId('upload-input')
			.setInputFiles([{ name: 'Costly.wav', mimeType: 'audio/wav', buffer }]);
		await page.getByText('This connection is metered or saves data.').first().waitFor();
		const owner = await portal.signIn();
		const { uploads } = (await (await owner.fetch('/api/uploads')).json()) as {
			uploads: { name: string; offset: number }[];
		};
		expect(uploads.filter(({ name }) => name === 'Costly.wav')).toEqual([]);

		await page.getByRole('button', { name: 'Upload anyway' }).first().click();

		await retryUntil(
			async () => (await (await owner.fetch('/api/tracks?q=Costly')).json()) as TrackPage,
			({ tracks }) => tracks.length === 1
		);
	} finally {
		await browser.close();
	}
});
