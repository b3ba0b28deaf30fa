import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { TrackPage, type Track } from '#contracts/track';
import { makeMusic, variations } from '../support/music.ts';
import type { Client } from '../support/portal.ts';
import { openPage, signIn, startSite } from '../support/site.ts';
import { retryUntil } from '../support/until.ts';

const RELEASES = 12;
const SONGS = 10;
/** Slow enough that what is to happen on the way happens on the way. */
const SLOW = 50_000;

let site: Awaited<ReturnType<typeof startSite>>;
let page: Page;
let owner: Client;
let root: string;
/** sha-256 of every file on disk. */
const sources = new Set<string>();

beforeAll(async () => {
	site = await startSite();
	owner = await site.portal.signIn();
	root = await mkdtemp(path.join(tmpdir(), 'segue-catalogue-'));
	const mp3 = await makeMusic({ format: 'mp3', seconds: 1, args: ['-b:a', '128k'] });
	for (let release = 1; release <= RELEASES; release += 1) {
		const folder = path.join(root, `Release ${release}`);
		await mkdir(folder);
		const tags = Array.from({ length: SONGS }, (_, at) => ({
			title: `Song ${release}.${at + 1}`,
			artist: 'Marie Aldous',
			album: `Release ${release}`,
			track: `${at + 1}/${SONGS}`
		}));
		for (const [at, bytes] of variations(mp3, tags).entries()) {
			sources.add(createHash('sha256').update(bytes).digest('hex'));
			await writeFile(path.join(folder, `${String(at + 1).padStart(2, '0')}.mp3`), bytes);
		}
		await writeFile(path.join(folder, 'liner notes.txt'), 'Recorded by the sea.');
	}
	page = await openPage(site.context);
	page.on('dialog', (dialog) => void dialog.accept());
	await signIn(page, site.origin);
});
afterAll(async () => {
	await rm(root, { recursive: true, force: true });
	await site.close();
});

/** The folders as a hand drops them: real paths, so the browser gives handles too. */
async function drop() {
	const zone = await page.getByRole('group', { name: 'Add files' }).boundingBox();
	if (!zone) throw new Error('there is nothing to drop on');
	const at = { x: zone.x + 40, y: zone.y + 40 };
	const files = Array.from({ length: RELEASES }, (_, n) => path.join(root, `Release ${n + 1}`));
	const devtools = await site.context.newCDPSession(page);
	for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
		const data = { items: [], files, dragOperationsMask: 1 };
		await devtools.send('Input.dispatchDragEvent', { type, ...at, data });
	}
}
const tracks = async (client: Client): Promise<Track[]> => {
	const all: Track[] = [];
	for (let cursor: string | null = ''; cursor !== null;) {
		const answer: Response = await client.fetch(`/api/tracks?limit=200&cursor=${cursor}`);
		const found = v.parse(TrackPage, await answer.json());
		all.push(...found.tracks);
		cursor = found.next;
	}
	return all;
};
const ready = (count: number) =>
	retryUntil(
		async () => (await tracks(owner)).length,
		(ready) => ready >= count
	);

test('an artist brings a back catalogue, and whatever happens on the way it ends well', async () => {
	const { wire, portal } = site;
	await page.goto(`${site.origin}/upload`);
	wire.slow(SLOW);
	await drop();
	await page.getByText('12 files were left out').waitFor();
	await ready(3);

	await page.reload();
	await page.getByText('still on this computer').waitFor();
	await drop();
	await ready(20);

	wire.cut();
	await page.getByText('The network went away').first().waitFor();
	wire.mend();
	await ready(40);

	await portal.kill();
	await portal.start();
	await ready(60);

	await page.reload();
	await page.getByText('still on this computer').waitFor();
	wire.slow(Infinity);
	await drop();
	await drop(); // and once more than it takes
	await retryUntil(
		async () => (await tracks(owner)).length,
		(count) => count === RELEASES * SONGS
	);
	// Nothing is public before the artist says so.
	expect(await tracks(portal.visitor)).toEqual([]);

	await page.goto(`${site.origin}/studio`);
	await page.getByRole('button', { name: 'Publish all' }).first().click();
	await retryUntil(
		async () => (await tracks(portal.visitor)).length,
		(count) => count === RELEASES * SONGS
	);
	const stored = await Promise.all(
		(await tracks(owner)).map(async ({ originalUrl = '' }) => {
			const answer = await owner.fetch(originalUrl);
			return path.basename(answer.headers.get('X-Accel-Redirect') ?? '');
		})
	);
	expect(new Set(stored)).toEqual(sources);
	expect(stored).toHaveLength(sources.size);
	const releases = new Set((await tracks(owner)).map(({ releaseSlug }) => releaseSlug));
	expect(releases.size).toBe(RELEASES);
}, 180_000);
