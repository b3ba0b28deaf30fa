import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { request, type Page, type Request } from 'playwright-core';
import * as v from 'valibot';
import type { Track, TrackPage } from '#contracts/track';
import { UploadChanges } from '#contracts/upload';
import { makeMusic, variations } from '../support/music.ts';
import { OWNER, type Client } from '../support/portal.ts';
import { openPage, signIn, startSite } from '../support/site.ts';
import { retryUntil } from '../support/until.ts';

const SLOW = 200_000;
/** What the requests of a few pages weigh, and less than a chunk. */
const PAGES = 60_000;
/** For what sends five hundred files. */
const LONG_MS = 240_000;
/** Longer than the page waits for anything. */
const A_WHILE_MS = 60_000;
let site: Awaited<ReturnType<typeof startSite>>;
let page: Page;
let owner: Client;
let folder: string;

beforeAll(async () => {
	site = await startSite();
	owner = await site.portal.signIn();
	folder = await mkdtemp(path.join(tmpdir(), 'segue-survive-'));
	await openUpload();
});
afterAll(async () => {
	await rm(folder, { recursive: true, force: true });
	await site.close();
});
// Afresh, so that nothing is known of the link yet: chunks are small.
beforeEach(() => page.reload());
afterEach(async () => {
	site.wire.slow(Infinity);
	await site.context.setOffline(false);
	await page.unrouteAll({ behavior: 'ignoreErrors' });
});

async function openUpload() {
	page = await openPage(site.context);
	page.on('dialog', (dialog) => void dialog.accept());
	await signIn(page, site.origin).catch(async () => {
		await page.goto(`${site.origin}/upload`); // the browser kept its session
	});
	await page.goto(`${site.origin}/upload`);
}

/** From now on the page's time may be let pass at once: what waits in it is not waited for. */
async function holdTheClock() {
	await page.clock.install();
	await page.reload();
}

/** No two songs sound alike: the second would be a duplicate of the first, and no track of its own. */
let hertz = 300;

/** Songs on disk that last long enough on a slow wire, each with its own name. */
async function songs(...titles: string[]): Promise<string[]> {
	return Promise.all(
		titles.map(async (title) => {
			const file = path.join(folder, `${title}.wav`);
			await writeFile(file, await makeMusic({ format: 'wav', seconds: 8, hertz: hertz++ }));
			return file;
		})
	);
}

const allTracks = async (): Promise<Track[]> => {
	const found: Track[] = [];
	for (let cursor: string | null = ''; cursor !== null;) {
		const asked: Response = await owner.fetch(`/api/tracks?limit=200&cursor=${cursor}`);
		const { tracks, next } = (await asked.json()) as TrackPage;
		found.push(...tracks);
		cursor = next;
	}
	return found;
};
const tracksOf = async (title: string) =>
	(await allTracks()).filter((track) => track.title === title);
/** A chunk that does not follow on another one, which would fail with it. */
const isFirst = (request: Request) =>
	request.method() === 'PATCH' && !('segue-follows' in request.headers());
const bytesThere = async () => {
	const { uploads } = (await (await owner.fetch('/api/uploads')).json()) as {
		uploads: { offset: number }[];
	};
	return uploads.reduce((sum, { offset }) => sum + offset, 0);
};
/** Bytes of this test are on the server, and not all of them. */
async function isUnderWay(before: number) {
	await retryUntil(bytesThere, (bytes) => bytes > before + 100_000);
}

/** Exactly one track of each file, with its very bytes; and nothing left to remember. */
async function expectStored(files: readonly string[]) {
	for (const file of files) {
		const title = path.basename(file, path.extname(file));
		await retryUntil(
			() => tracksOf(title),
			(tracks) => tracks.length > 0
		);
		const tracks = await tracksOf(title);
		expect(tracks).toHaveLength(1);
		const response = await site.context.request.get(site.origin + tracks[0]?.originalUrl);
		expect(sha256(await response.body())).toBe(sha256(await readFile(file)));
	}
	await retryUntil(journalled, (left) => left === 0);
}
/** Originals lie under the hash of what is in them. */
async function storedAs({ originalUrl = '' }: Track): Promise<string> {
	const answer = await owner.fetch(originalUrl);
	await answer.body?.cancel();
	return path.basename(answer.headers.get('X-Accel-Redirect') ?? '');
}
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const journalled = () =>
	page.evaluate(
		() =>
			new Promise<number>((resolve, reject) => {
				const opening = indexedDB.open('segue-uploads');
				opening.onerror = () => reject(opening.error);
				opening.onsuccess = () => {
					const counting = opening.result.transaction('upload').objectStore('upload').count();
					counting.onsuccess = () => {
						opening.result.close();
						resolve(counting.result);
					};
				};
			})
	);

/** A password that is changed elsewhere ends them, with the tokens of what is being sent. */
async function endSessions() {
	const elsewhere = await request.newContext({ baseURL: site.origin, ignoreHTTPSErrors: true });
	const headers = { Origin: site.origin, Accept: 'application/json' };
	const { password } = OWNER;
	await elsewhere.post('/api/session', { data: OWNER, headers });
	const form = { password, chosen: password };
	const answer = await elsewhere.post('/account?/password', { form, headers });
	expect(await answer.json()).toMatchObject({ type: 'success' });
	await elsewhere.dispose();
	owner = await site.portal.signIn();
}

/** A folder whose handle the browser keeps, as a picker gives it, and which asks once a visit before it may be read. */
async function offerFolder() {
	await site.context.addInitScript(() => {
		let isAllowed = false;
		const handles = FileSystemHandle.prototype as unknown as Record<string, unknown>;
		handles['queryPermission'] = async () => (isAllowed ? 'granted' : 'prompt');
		handles['requestPermission'] = async () => {
			// As in a browser: without a click nobody is asked.
			isAllowed = navigator.userActivation.isActive;
			return isAllowed ? 'granted' : 'prompt';
		};
		Object.assign(globalThis, {
			showDirectoryPicker: async () => {
				isAllowed = true;
				return (await navigator.storage.getDirectory()).getDirectoryHandle('Album');
			}
		});
	});
}

test('after a reload, files that the browser can open again go on with one click', async () => {
	await offerFolder();
	await page.reload();
	const files = await songs('Handled one', 'Handled two');
	for (const file of files) {
		const bytes = (await readFile(file)).toString('base64');
		await page.evaluate(
			async ([name = '', data = '']) => {
				const root = await navigator.storage.getDirectory();
				const album = await root.getDirectoryHandle('Album', { create: true });
				const writable = await (await album.getFileHandle(name, { create: true })).createWritable();
				await writable.write(Uint8Array.from(atob(data), (char) => char.charCodeAt(0)));
				await writable.close();
			},
			[path.basename(file), bytes]
		);
	}
	const before = await bytesThere();
	site.wire.slow(SLOW);
	await page.getByText('Choose a folder').click();
	await isUnderWay(before);

	await page.reload();
	await page.getByText('2 files of an earlier visit are still on this computer').waitFor();
	site.wire.slow(Infinity);
	await page.getByRole('main').getByRole('button', { name: 'Go on' }).click();

	await expectStored(files);
});

test('a browser that crashed goes on with the same uploads when it is given the files', async () => {
	const files = await songs('Crashed one', 'Crashed two');
	const before = await bytesThere();
	site.wire.slow(SLOW);
	await page.getByTestId('upload-input').setInputFiles(files);
	await isUnderWay(before);

	await site.crashBrowser();
	await openUpload();
	await page.getByText('2 files wait to be dropped again').first().waitFor();
	site.wire.slow(Infinity);
	await page.getByTestId('upload-input').setInputFiles(files);

	await expectStored(files);
});

test('a browser that goes offline says so, and goes on when it is back', async () => {
	const files = await songs('Offline');
	const before = await bytesThere();
	site.wire.slow(SLOW);
	await page.getByTestId('upload-input').setInputFiles(files);
	await isUnderWay(before);

	await site.context.setOffline(true);
	await page.getByText('The network went away').first().waitFor();
	site.wire.slow(Infinity);
	await site.context.setOffline(false);

	await expectStored(files);
});

test('an edge that is restarted costs nothing', async () => {
	const files = await songs('Edge one', 'Edge two', 'Edge three');
	const before = await bytesThere();
	site.wire.slow(SLOW);
	await page.getByTestId('upload-input').setInputFiles(files);
	await isUnderWay(before);

	await site.restartEdge();
	site.wire.slow(Infinity);

	await expectStored(files);
});

test('a server that is killed in the middle costs nothing but time', async () => {
	const files = await songs('Killed one', 'Killed two');
	const before = await bytesThere();
	site.wire.slow(SLOW);
	await page.getByTestId('upload-input').setInputFiles(files);
	await isUnderWay(before);

	await site.portal.kill();
	await site.portal.start();
	site.wire.slow(Infinity);

	await expectStored(files);
});

test('a session that is deleted in the middle costs a sign-in, and no byte goes twice', async () => {
	const files = await songs('Session one', 'Session two', 'Session three');
	const before = await bytesThere();
	site.wire.slow(SLOW);
	await page.getByTestId('upload-input').setInputFiles(files);
	await isUnderWay(before);

	await endSessions();
	await page.getByText('You are signed out').first().waitFor();
	const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
	const missing = before + sizes.reduce((sum, size) => sum + size, 0) - (await bytesThere());
	const { sent } = site.wire;
	site.wire.slow(Infinity);
	await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
	await page.getByLabel('E-mail').fill(OWNER.email);
	await page.getByLabel('Password').fill(OWNER.password);
	await page.getByRole('button', { name: 'Sign in' }).click();

	await expectStored(files);
	expect(missing).toBeGreaterThan(0);
	expect(site.wire.sent - sent).toBeLessThan(missing + PAGES);
});

test('a server that asks for patience gets it', async () => {
	const files = await songs('Patience');
	const asked: number[] = [];
	await page.route('**/files/*', (route) => {
		if (!isFirst(route.request())) return route.continue();
		asked.push(performance.now());
		return asked.length === 1
			? route.fulfill({ status: 429, headers: { 'Retry-After': '3' }, body: '' })
			: route.continue();
	});

	await page.getByTestId('upload-input').setInputFiles(files);

	await expectStored(files);
	expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThan(2_900);
});

test('files that changed or went away on disk while they waited ask to be chosen again', async () => {
	const [first = '', changed = '', away = ''] = await songs('Unchanged', 'Changed', 'Away');
	const before = await bytesThere();
	site.wire.slow(SLOW);
	await page.getByTestId('upload-input').setInputFiles([first]);
	await isUnderWay(before);
	await page.getByRole('button', { name: 'Pause all' }).first().click();
	await page.getByTestId('upload-input').setInputFiles([changed, away]);
	await page.getByText('Changed.wav').first().waitFor();

	await writeFile(changed, await makeMusic({ format: 'wav', seconds: 5, hertz: 999 }));
	await rename(away, `${away}.elsewhere`);
	site.wire.slow(Infinity);
	await page.getByRole('main').getByRole('button', { name: 'Go on' }).first().click();
	await page.getByText('The file changed or moved on your disk').first().waitFor();
	await page.getByRole('heading', { name: '2 files not added' }).waitFor();
	await rename(`${away}.elsewhere`, away);
	await page.getByTestId('upload-input').setInputFiles([changed, away]);

	await expectStored([first, changed, away]);
});

test('after a deploy a failed navigation does not end what is being sent', async () => {
	const files = await songs('Deployed');
	const before = await bytesThere();
	site.wire.slow(SLOW);
	await page.getByTestId('upload-input').setInputFiles(files);
	await isUnderWay(before);
	await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
	await page.route('**/_app/version.json', (route) =>
		route.fulfill({ json: { version: 'newer' } })
	);
	await page.route('**/studio/__data.json*', (route) => route.fulfill({ status: 500, body: '' }));

	await page.getByRole('link', { name: 'Studio' }).first().click();
	await page.getByText('The portal was renewed').waitFor();
	site.wire.slow(Infinity);

	await expectStored(files);
	expect(await page.evaluate(() => 'isSamePage' in globalThis)).toBe(true);
});

test('a page that does not load without a network says so, and opens when one tries again', async () => {
	const files = await songs('Unopened');
	const before = await bytesThere();
	site.wire.slow(SLOW);
	await page.getByTestId('upload-input').setInputFiles(files);
	await isUnderWay(before);
	await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
	await site.context.setOffline(true);

	await page.getByRole('link', { name: 'Library' }).first().click();
	await page.getByText('This page could not be opened').waitFor();
	site.wire.slow(Infinity);
	await site.context.setOffline(false);
	await page.getByRole('button', { name: 'Try now' }).last().click();
	await page.waitForURL('**/library');

	await expectStored(files);
	expect(await page.evaluate(() => 'isSamePage' in globalThis)).toBe(true);
	await page.getByRole('link', { name: 'Upload' }).first().click();
	await page.waitForURL('**/upload');
});

// The last one: what it leaves to be made playable would keep others waiting.
test('a storm of errors stops the queue, one file tries, and then all go on', async () => {
	await holdTheClock();
	const files = await songs(...['one', 'two', 'three', 'four', 'five'].map((n) => `Storm ${n}`));
	let left = 5;
	await page.route('**/files/*', (route) =>
		isFirst(route.request()) && left-- > 0
			? route.fulfill({ status: 500, body: '' })
			: route.continue()
	);

	await page.getByTestId('upload-input').setInputFiles(files);
	await page.getByText('The portal does not answer').first().waitFor();
	await page.clock.fastForward(A_WHILE_MS);

	await expectStored(files);
});

test(
	'one poisoned file among five hundred fails alone',
	async () => {
		await holdTheClock();
		const mp3 = await makeMusic({ format: 'mp3', seconds: 1, hertz: 470 });
		const titles = Array.from({ length: 500 }, (_, at) => `Many ${at}`);
		const sources = new Set<string>();
		await mkdir(path.join(folder, 'many'));
		const files = await Promise.all(
			variations(
				mp3,
				titles.map((title) => ({ title }))
			).map(async (bytes, at) => {
				const file = path.join(folder, 'many', `${titles[at]}.mp3`);
				sources.add(sha256(Buffer.from(bytes)));
				await writeFile(file, bytes);
				return file;
			})
		);
		let poisoned: string | undefined;
		// Also in whatever bundle it travels.
		await page.route('**/files/*', (route) => {
			const request = route.request();
			const named = `${request.url()}\n${request.postDataBuffer()?.toString('latin1') ?? ''}`;
			poisoned ??= /"id":"([0-9a-f]{32})"/.exec(named)?.[1];
			return poisoned !== undefined && named.includes(poisoned)
				? route.fulfill({ status: 500, body: '' })
				: route.continue();
		});

		await page.getByTestId('upload-input').setInputFiles(files);
		const arrived = new Set<string>();
		let cursor = '0';
		const arrivals = async () => {
			const asked = await owner.fetch(`/api/uploads?since=${cursor}`);
			const page = v.parse(UploadChanges, await asked.json());
			({ cursor } = page);
			for (const { id, name, state } of page.uploads) {
				if (name.startsWith('Many ') && !['waiting', 'sending'].includes(state)) arrived.add(id);
			}
			return arrived.size;
		};
		await retryUntil(arrivals, (count) => count === 499);

		// It is tried again with growing waits, however soon the others are there.
		await retryUntil(
			async () => {
				await page.clock.fastForward(A_WHILE_MS);
				return page.getByText('Something went wrong. Try again.').first().isVisible();
			},
			(isGivenUp) => isGivenUp
		);
		await site.context.grantPermissions(['clipboard-read', 'clipboard-write']);
		await page.getByRole('button', { name: 'Copy report' }).click();
		await page.getByText('Copied: a table of 1 file').waitFor();
		expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
			/^Name\tFolder\tBytes\tReason\nMany \d+\.mp3\t\t\d+\tSomething went wrong\. Try again\.\n$/
		);
		await page.unrouteAll({ behavior: 'ignoreErrors' });
		await page.getByRole('main').getByRole('button', { name: 'Try again' }).first().click();
		await retryUntil(arrivals, (count) => count === 500);
		const many = async () => (await allTracks()).filter(({ title }) => title.startsWith('Many '));
		const tracks = await retryUntil(many, (ready) => ready.length >= 500);
		expect(tracks.map(({ title }) => title).sort()).toEqual(titles.toSorted());
		const stored = await Promise.all(tracks.map(storedAs));
		expect(new Set(stored)).toEqual(sources);
		await retryUntil(journalled, (left) => left === 0);
	},
	LONG_MS
);
