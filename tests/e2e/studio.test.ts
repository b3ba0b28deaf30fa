import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Track } from '#contracts/track';
import { makeMusic } from '../support/music.ts';
import { openPage, signIn, startSite } from '../support/site.ts';
import { retryUntil } from '../support/until.ts';

/** Decoded at the speed of a whole core, it takes a second to measure. */
const LONG_S = 90;

let site: Awaited<ReturnType<typeof startSite>>;
let page: Page;

beforeAll(async () => {
	site = await startSite();
	page = await openPage(site.context);
	await signIn(page, site.origin);
});
afterAll(() => site.close());

test('an artist sees what is done with a file, also after it plays, wherever they look', async () => {
	const buffer = Buffer.from(
		await makeMusic({ format: 'flac', seconds: LONG_S, hertz: 300, tags: { title: 'Long way' } })
	);
	await page.goto(`${site.origin}/upload`);
	const studio = await openPage(site.context);
	await studio.goto(`${site.origin}/studio`);
	await page
		.getByTestId('upload-input')
		.setInputFiles([{ name: 'long.flac', mimeType: 'audio/flac', buffer }]);

	await Promise.all(
		[page, studio].map((each) =>
			each
				.getByText(/^(Drawing the waveform|Making a copy for .*) · plays already$/)
				.first()
				.waitFor()
		)
	);
	await studio.getByRole('link', { name: 'Long way' }).first().click();
	const made = studio.getByTestId('made').getByRole('listitem');
	await made.first().waitFor();
	// The page follows by itself to the end, and then nothing is said of work any more.
	const end = await retryUntil(
		async () => (await made.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ')),
		(texts) => texts.every((text) => text.endsWith('Ready'))
	);
	expect(end).toEqual([
		'Waveform and loudness Ready',
		'A copy for every browser (AAC) Ready',
		'A copy for slow lines (Opus) Ready'
	]);
	await studio.getByText('Now:').waitFor({ state: 'hidden' });
	await page.getByText('plays already').first().waitFor({ state: 'hidden' });
	await page.getByText('Added', { exact: true }).first().waitFor();
	await studio.close();
});

test('words and credits of a file are on its pages, and what an artist writes goes before them', async () => {
	const owner = await site.portal.signIn();
	const tags = {
		...{ title: 'Harbour', artist: 'Ada Lind', album: 'Coast', track: '1' },
		...{ lyrics: 'Boats go out\nand one comes home', composer: 'Ada Lind' }
	};
	const song = await makeMusic({ format: 'flac', seconds: 2, hertz: 510, tags });
	const { trackId } = await owner.outcome(await owner.send('Harbour.flac', song));
	const { slug } = (await (await owner.fetch(`/api/tracks/${trackId}`)).json()) as Track;
	const address = `${site.origin}/tracks/${slug}`;
	await page.goto(address);
	const text = page.getByRole('region', { name: 'Text' });
	expect(await text.getByRole('paragraph').innerText()).toBe('Boats go out\nand one comes home');

	await page.goto(`${site.origin}/studio/tracks/${trackId}`);
	await page.getByLabel('Text', { exact: true }).fill('<b>Mine</b>\n\nin two parts');
	await page.getByLabel('Credits', { exact: true }).fill('Composer: Ada Lind\nProducer: Bea Holm');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Text and credits are saved').waitFor();

	await page.goto(address);
	expect(await text.getByRole('paragraph').innerText()).toBe('<b>Mine</b>\n\nin two parts');
	await page.getByRole('link', { name: 'Coast' }).first().click();
	await page.waitForURL('**/releases/**');
	const facts = await page.getByRole('main').locator('dl').innerText();
	expect(facts.replaceAll(/\s+/g, ' ')).toContain('Composer Ada Lind Producer Bea Holm');
});
