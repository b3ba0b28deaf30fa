import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { TrackPage } from '#contracts/track';
import { makeMusic } from '../support/music.ts';
import type { Client } from '../support/portal.ts';
import { openPage, signIn, startSite } from '../support/site.ts';
import { retryUntil } from '../support/until.ts';

const SLOW = 150_000;
let site: Awaited<ReturnType<typeof startSite>>;
let page: Page;
let owner: Client;
let folder: string;

beforeAll(async () => {
	site = await startSite();
	owner = await site.portal.signIn();
	page = await openPage(site.context);
	await signIn(page, site.origin);
	folder = await mkdtemp(path.join(tmpdir(), 'segue-written-over-'));
});
afterAll(async () => {
	await rm(folder, { recursive: true, force: true });
	await site.close();
});

const tracks = async () => ((await (await owner.fetch('/api/tracks')).json()) as TrackPage).tracks;
const bytesThere = async () => {
	const { uploads } = (await (await owner.fetch('/api/uploads')).json()) as {
		uploads: { offset: number }[];
	};
	return uploads.reduce((sum, { offset }) => sum + offset, 0);
};
interface Remembered {
	key: string;
	fingerprint: string | null;
	url: string | null;
}
const marks = () =>
	page.evaluate(
		() =>
			new Promise<number>((resolve) => {
				const opening = indexedDB.open('segue-uploads');
				opening.onsuccess = () => {
					const all = opening.result.transaction('upload').objectStore('upload').getAll();
					all.onsuccess = () => {
						const writes = all.result as { changes: (Remembered | string)[] }[];
						const last = new Map(
							writes
								.flatMap(({ changes }) => changes)
								.map((one) => (typeof one === 'string' ? [one, null] : [one.key, one]))
						);
						resolve([...last.values()].filter((one) => one?.fingerprint && one.url).length);
						opening.result.close();
					};
				};
			})
	);

test('a file that another program wrote over between two visits, under its old size and date, is never spliced', async () => {
	const file = path.join(folder, 'Mastered.wav');
	const [before, after] = await Promise.all([
		makeMusic({ format: 'wav', seconds: 12, hertz: 640 }),
		makeMusic({ format: 'wav', seconds: 12, hertz: 650 })
	]);
	expect(after.length).toBe(before.length);
	await writeFile(file, before);
	const { atime, mtime } = await stat(file);
	await page.goto(`${site.origin}/upload`);
	site.wire.slow(SLOW);
	await page.getByTestId('upload-input').setInputFiles(file);
	await retryUntil(bytesThere, (bytes) => bytes > 100_000);
	await retryUntil(marks, (marked) => marked === 1);

	page.on('dialog', (dialog) => void dialog.accept());
	await page.reload();
	await page.getByText('1 file waits to be dropped again').first().waitFor();
	await writeFile(file, after);
	await utimes(file, atime, mtime);
	site.wire.slow(Infinity);
	await page.getByTestId('upload-input').setInputFiles(file);

	const [track] = await retryUntil(tracks, (all) => all.length > 0);
	const stored = await site.context.request.get(site.origin + (track?.originalUrl ?? ''));
	const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
	expect(sha256(await stored.body())).toBe(sha256(after));
	expect(await tracks()).toHaveLength(1);
});
