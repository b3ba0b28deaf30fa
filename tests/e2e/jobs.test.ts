import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { TrackPage } from '#contracts/track';
import type { UploadRecord } from '#contracts/upload';
import { makeMusic } from '../support/music.ts';
import { openPage, signIn, startSite } from '../support/site.ts';
import { retryUntil } from '../support/until.ts';

/** Three tries, and a browser. */
const GIVING_UP_MS = 120_000;

let site: Awaited<ReturnType<typeof startSite>>;
let page: Page;

beforeAll(async () => {
	site = await startSite({ env: { JOBS_RETRY_SECONDS: '0.1' } });
	page = await openPage(site.context);
	await signIn(page, site.origin);
});
afterAll(() => site.close());

/** Where music is worked on is no folder any more. @returns what mends it */
async function breakWorkshop(): Promise<() => Promise<void>> {
	// Only what comes from now on is to fail: no peaks or copies of earlier tracks.
	const owner = await site.portal.signIn();
	await retryUntil(
		async () => (await (await owner.fetch('/api/tracks')).json()) as TrackPage,
		({ tracks }) =>
			tracks.every(
				({ measured, renditions = [] }) =>
					measured !== 'waiting' && renditions.every(({ state }) => state !== 'waiting')
			)
	);
	const folder = path.join(site.portal.dataDir, 'storage/tmp');
	await rm(folder, { recursive: true });
	await writeFile(folder, '');
	return async () => {
		await rm(folder);
		await mkdir(folder);
	};
}

async function drop(...names: string[]) {
	await page.goto(`${site.origin}/upload`);
	const files = await Promise.all(
		names.map(async (name, at) => ({
			name,
			mimeType: 'audio/flac',
			buffer: Buffer.from(
				await makeMusic({ format: 'flac', seconds: 4, hertz: 300 + 40 * at + name.length })
			)
		}))
	);
	await page.getByTestId('upload-input').setInputFiles(files);
}

/** So many files were given up. */
async function areGivenUp(count: number) {
	const owner = await site.portal.signIn();
	await retryUntil(
		async () => (await (await owner.fetch('/api/uploads')).json()) as { uploads: UploadRecord[] },
		({ uploads }) => uploads.filter(({ code }) => code === 'poison').length === count
	);
}

test(
	'the owner sees what was given up and why, mends it, tries it again, and it plays',
	{ timeout: GIVING_UP_MS },
	async () => {
		const mend = await breakWorkshop();
		await drop('Harbour.flac');
		const artists = page;
		await artists.getByText('It could not be prepared').first().waitFor();

		// In a tab of its own, so that the list of uploads stays in sight.
		const owners = await openPage(site.context);
		await owners.goto(`${site.origin}/admin`);
		await owners.getByRole('link', { name: 'See why' }).click();
		await owners.getByRole('heading', { name: 'A file or folder that it needs is not' }).waitFor();
		const row = owners
			.getByRole('article')
			.getByRole('listitem')
			.filter({ hasText: 'Harbour.flac' });
		expect(await row.innerText()).toContain('tried 3 times');
		await row.getByText('Technical detail').click();
		expect(await row.locator('pre').innerText()).toContain('ENOTDIR');
		await mend();
		await row.getByRole('button', { name: 'Try Harbour.flac again' }).click();

		await owners.getByText('1 job tried again').waitFor();
		await row.waitFor({ state: 'detached' });
		// Nobody touches the artist's page: it hears of it.
		await artists.getByText('Added', { exact: true }).first().waitFor();
		const client = await site.portal.signIn();
		const { tracks } = (await (await client.fetch('/api/tracks?q=Harbour')).json()) as {
			tracks: { slug: string }[];
		};
		await owners.goto(`${site.origin}/tracks/${tracks[0]?.slug}`);
		await owners.getByRole('main').getByRole('button', { name: /^Play/ }).first().click();
		await owners
			.getByTestId('player')
			.locator('audio')
			.evaluate(
				(audio: HTMLAudioElement) =>
					new Promise<void>((resolve) => {
						const look = () => audio.currentTime > 0.2 && resolve();
						audio.addEventListener('timeupdate', look);
						look();
					})
			);
		await owners.close();
	}
);

test(
	'several of one cause are dropped, taken back, and tried again together',
	{ timeout: GIVING_UP_MS },
	async () => {
		const mend = await breakWorkshop();
		await drop('Low Tide.flac', 'Ebb.flac', 'Flood.flac');
		await areGivenUp(3);
		await page.goto(`${site.origin}/admin/jobs`);
		const rows = page.getByRole('article').getByRole('listitem');
		await page.getByRole('button', { name: 'Drop Ebb.flac' }).click();
		await page.getByText('1 job dropped').waitFor();
		expect(await rows.count()).toBe(2);
		await page.getByRole('button', { name: 'Undo' }).click();
		await page.getByText('1 job back in the list').waitFor();
		expect(await rows.count()).toBe(3);

		await page.getByRole('button', { name: 'Drop all' }).click();
		await page.getByText('3 jobs dropped').waitFor();
		expect(await rows.count()).toBe(0);
		await page.getByRole('button', { name: 'Undo' }).click();
		await mend();
		await page.getByRole('button', { name: 'Try all 3 again' }).click();
		await page.getByText('3 jobs tried again').waitFor();

		const owner = await site.portal.signIn();
		await retryUntil(
			async () => (await (await owner.fetch('/api/uploads')).json()) as { uploads: UploadRecord[] },
			({ uploads }) => uploads.every(({ state }) => state === 'ready')
		);
		// The page moves by itself.
		await page.getByRole('row', { name: 'Preparing uploads 0 0 0' }).waitFor();
	}
);
