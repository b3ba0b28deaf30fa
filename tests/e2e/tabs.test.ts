import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { BrowserContext, Page } from 'playwright-core';
import type { TrackPage } from '#contracts/track';
import type { UploadRecord } from '#contracts/upload';
import { makeMusic } from '../support/music.ts';
import type { Client } from '../support/portal.ts';
import { openPage, signIn, startSite } from '../support/site.ts';
import { retryUntil } from '../support/until.ts';

const SLOW = 150_000;
/** A tab is asked three times before it counts as hung. */
const LONG_MS = 240_000;
let site: Awaited<ReturnType<typeof startSite>>;
let context: BrowserContext;
let owner: Client;
let pages: Page[] = [];

beforeAll(async () => {
	site = await startSite();
	({ context } = site);
	owner = await site.portal.signIn();
	const page = await openPage(context);
	await signIn(page, site.origin);
	await page.close();
});
afterAll(() => site.close());
beforeEach(() => {
	pages = [];
});
afterEach(async () => {
	site.wire.slow(Infinity);
	for (const page of pages) await page.close();
});

async function openUpload(): Promise<Page> {
	const page = await openPage(context);
	pages.push(page);
	page.on('dialog', (dialog) => void dialog.accept());
	await page.goto(`${site.origin}/upload`);
	return page;
}
/** A tab leads once it holds the lock, not once it has loaded. */
const leads = (page: Page) =>
	retryUntil(
		() => page.evaluate(async () => (await navigator.locks.query()).held?.map(({ name }) => name)),
		(held) => held?.some((name) => name?.startsWith('segue-uploads:')) ?? false
	);
const song = async (name: string, hertz: number, seconds = 6) => ({
	name: `${name}.wav`,
	mimeType: 'audio/wav',
	buffer: Buffer.from(await makeMusic({ format: 'wav', seconds, hertz }))
});
const uploads = async (): Promise<UploadRecord[]> => {
	const response = await owner.fetch('/api/uploads');
	return ((await response.json()) as { uploads: UploadRecord[] }).uploads;
};
const named = async (name: string) => (await uploads()).filter((each) => each.name === name);
const arrived = async (name: string) =>
	(await named(name)).reduce((sum, { offset }) => sum + offset, 0);
const stored = async (title: string) => {
	const { tracks } = (await (await owner.fetch('/api/tracks')).json()) as TrackPage;
	const found = tracks.filter((track) => track.title === title);
	return Promise.all(
		found.map(async ({ originalUrl = '' }) => {
			// Through the edge: it is the one that sends the bytes.
			const response = await context.request.get(site.origin + originalUrl);
			return sha256(await response.body());
		})
	);
};
/** What is verified as a whole on a link this slow. */
const CHUNK = 256 * 1024;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test('the tab that sends is closed in the middle, and another one goes on by itself', async () => {
	const file = await song('Handover', 500, 12);
	const first = await openUpload();
	await leads(first);
	const second = await openUpload();
	site.wire.slow(SLOW);
	await first.getByTestId('upload-input').setInputFiles(file);
	await second.getByText(file.name).first().waitFor();
	await retryUntil(
		() => arrived(file.name),
		(bytes) => bytes > 200_000
	);
	const before = await arrived(file.name);

	await first.close();
	await leads(second);
	site.wire.slow(Infinity);
	const sent = site.wire.sent;

	await retryUntil(
		() => stored('Handover'),
		(found) => found.length > 0
	);
	expect(await stored('Handover')).toEqual([sha256(file.buffer)]);
	// What had arrived is not sent again: at most the chunk that was cut.
	expect(site.wire.sent - sent).toBeLessThan(file.buffer.length - before + CHUNK);
});

test('a reload with another tab open costs nothing', async () => {
	const file = await song('Reloaded', 510, 12);
	const first = await openUpload();
	await leads(first);
	const second = await openUpload();
	site.wire.slow(SLOW);
	await first.getByTestId('upload-input').setInputFiles(file);
	// What it shows it could go on with.
	await second.getByText(file.name).first().waitFor();
	await retryUntil(
		() => arrived(file.name),
		(bytes) => bytes > 100_000
	);

	await first.reload();
	site.wire.slow(Infinity);

	await retryUntil(
		() => stored('Reloaded'),
		(found) => found.length > 0
	);
	expect(await stored('Reloaded')).toEqual([sha256(file.buffer)]);
});

test('leaving is asked about while a file would have to be dropped again, and at no other time', async () => {
	const file = await song('Asked about', 515, 12);
	const first = await openUpload();
	await leads(first);
	/** What the browser would ask at, without closing anything. */
	const asks = (page: Page) =>
		page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })));
	expect(await asks(first)).toBe(false);

	site.wire.slow(SLOW);
	await first.getByTestId('upload-input').setInputFiles(file);
	await first.getByText(file.name).first().waitFor();
	expect(await asks(first)).toBe(true);

	const second = await openUpload();
	await second.getByText(file.name).first().waitFor();
	await retryUntil(
		() => asks(first),
		(isAsked) => !isAsked
	);
	expect(await asks(second)).toBe(false);

	// Nothing moves any more when the tab goes that would have gone on.
	await first.getByRole('button', { name: 'Pause all' }).first().click();
	await second.getByText('Paused').first().waitFor();
	await second.close();
	await retryUntil(
		() => asks(first),
		(isAsked) => isAsked
	);

	site.wire.slow(Infinity);
	await first.getByRole('main').getByRole('button', { name: 'Go on' }).click();
	await retryUntil(
		() => stored('Asked about'),
		(found) => found.length > 0
	);
	expect(await asks(first)).toBe(false);
});

test('the same files dropped in two tabs are one set of tracks', async () => {
	const files = await Promise.all([song('Both', 520), song('Twice', 530)]);
	const [first, second] = [await openUpload(), await openUpload()];
	await leads(first);

	await Promise.all(
		[first, second].map((page) => page.getByTestId('upload-input').setInputFiles(files))
	);

	await retryUntil(
		async () => [...(await stored('Both')), ...(await stored('Twice'))],
		(found) => found.length >= 2
	);
	await retryUntil(uploads, (all) =>
		all.every(({ state }) => ['ready', 'duplicate', 'cancelled'].includes(state))
	);
	expect(await stored('Both')).toEqual([sha256(files[0]?.buffer ?? Buffer.of())]);
	expect(await stored('Twice')).toEqual([sha256(files[1]?.buffer ?? Buffer.of())]);
});

test('a tab that does not send may pause and cancel', async () => {
	const file = await song('Asked', 540, 30);
	const first = await openUpload();
	await leads(first);
	const second = await openUpload();
	site.wire.slow(SLOW);
	await first.getByTestId('upload-input').setInputFiles(file);
	await second.getByText(file.name).first().waitFor();

	await second.getByRole('button', { name: 'Pause all' }).first().click();
	await first.getByText('Paused').first().waitFor();
	await second.getByRole('button', { name: 'Cancel all' }).first().click();

	await first.getByText('Cancelled').first().waitFor();
	await retryUntil(
		() => named(file.name),
		([upload]) => upload === undefined || upload.state === 'cancelled'
	);
	// Whoever cancels everything is not paused any more: what is dropped next is sent.
	site.wire.slow(Infinity);
	await second.getByTestId('upload-input').setInputFiles(await song('After', 545));
	await retryUntil(
		() => stored('After'),
		(found) => found.length > 0
	);
});

test('a row grows for the words that say why it failed', async () => {
	const page = await openUpload();
	await page.setViewportSize({ width: 320, height: 1800 });
	await page.getByTestId('upload-input').setInputFiles([
		{ name: 'No music.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('no music at all') },
		{ name: 'Nothing.mp3', mimeType: 'audio/mpeg', buffer: Buffer.alloc(0) }
	]);
	const rows = page.getByRole('list', { name: 'Files' }).getByRole('listitem');
	await rows.getByText('This is neither music nor a cover').waitFor();
	await rows.getByText('The file is empty').waitFor();
	// As for somebody who reads with large letters.
	await page.evaluate(() => {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync('.row .state { font-size: 40px !important }');
		document.adoptedStyleSheets = [sheet];
	});

	const boxes = await retryUntil(
		async () => Promise.all((await rows.all()).map((row) => row.boundingBox())),
		(all) => all.length > 2 && all.slice(1).every((box) => (box?.height ?? 0) > 100)
	);
	for (const [at, box] of boxes.entries()) {
		const above = boxes[at - 1];
		// To the pixel: browsers round.
		if (above && box) expect(box.y).toBeGreaterThan(above.y + above.height - 1);
	}
});

/** It hangs where it hurts most: with a transaction open, so that no other tab reads the journal. */
const HANG = `
	const opening = indexedDB.open('segue-uploads');
	opening.onsuccess = () => {
		const writing = opening.result.transaction(['upload', 'root'], 'readwrite');
		writing.objectStore('upload').count().onsuccess = () => { debugger; opening.result.close(); };
	};
	0`;

test(
	'a tab that hangs loses the lead, also with the journal in its hand, and mirrors when it wakes',
	async () => {
		const [before, after] = [await song('Asleep', 550, 12), await song('Awake', 560)];
		const first = await openUpload();
		await leads(first);
		const second = await openUpload();
		site.wire.slow(SLOW);
		await first.getByTestId('upload-input').setInputFiles(before);
		await second.getByText(before.name).first().waitFor();
		await retryUntil(
			() => arrived(before.name),
			(bytes) => bytes > 100_000
		);

		const debuggerOfFirst = await context.newCDPSession(first);
		await debuggerOfFirst.send('Debugger.enable');
		const hung = new Promise((resolve) => debuggerOfFirst.once('Debugger.paused', resolve));
		await first.evaluate(HANG);
		await hung;
		site.wire.slow(Infinity);
		await second.getByTestId('upload-input').setInputFiles(after);
		await second.getByText('This browser’s storage does not answer').waitFor();
		await retryUntil(
			async () => [...(await stored('Asleep')), ...(await stored('Awake'))],
			(found) => found.length >= 2
		);

		const sentByFirst: string[] = [];
		first.on('request', (request) => {
			if (request.method() === 'PATCH') sentByFirst.push(request.url());
		});
		await debuggerOfFirst.send('Debugger.resume');
		await first.getByText(after.name).first().waitFor();
		expect(await stored('Asleep')).toEqual([sha256(before.buffer)]);
		expect(await stored('Awake')).toEqual([sha256(after.buffer)]);
		expect(sentByFirst).toEqual([]);
		await leads(second);
	},
	LONG_MS
);
