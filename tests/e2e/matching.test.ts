import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSong } from '../support/music.ts';
import { Origin } from '../support/origin.ts';
import { OWNER } from '../support/portal.ts';
import { startSite } from '../support/site.ts';

const MBID = '11111111-2222-4333-8444-555555555555';

let origin: Origin;
let site: Awaited<ReturnType<typeof startSite>>;

beforeAll(async () => {
	origin = await Origin.open();
	site = await startSite({
		env: { MATCHING: 'on', MATCHING_URL: origin.url, IMPORT_ALLOW_HOSTS: '127.0.0.1' }
	});
});
afterAll(async () => {
	await site.close();
	await origin.close();
});

test('what was found arrives on the page by itself; what is ticked is written, and undone', async () => {
	const owner = await site.portal.signIn();
	const song = await makeSong({ title: 'dusk', artist: 'Mara', album: 'Evening', track: '1' });
	await owner.outcome(await owner.send('dusk.mp3', song));
	const credit = [{ name: 'Mara', joinphrase: '' }];
	const about = { id: MBID, title: 'Evening', 'artist-credit': credit };
	const give = (path: string, answer: unknown) =>
		origin.on(path, (_, response) => response.end(JSON.stringify(answer)));
	give('/ws/2/release', { releases: [{ ...about, 'track-count': 1 }] });
	give(`/ws/2/release/${MBID}`, {
		...about,
		date: '1998-05',
		media: [{ position: 1, tracks: [{ position: 1, title: 'Dusk', length: 1_040 }] }]
	});
	const page = await site.context.newPage();
	await page.goto(`${site.origin}/signin?next=%2Fstudio`);
	await page.getByLabel('E-mail').fill(OWNER.email);
	await page.getByLabel('Password').fill(OWNER.password);
	await page.keyboard.press('Enter');
	await page.getByRole('button', { name: 'More for Evening' }).click();
	await page.getByRole('link', { name: 'Suggestions for its details' }).click();

	await page.getByRole('button', { name: 'Look it up at MusicBrainz' }).click();

	const date = page.getByRole('checkbox', { name: 'Date' });
	const title = page.getByRole('checkbox', { name: 'Title of dusk' });
	await date.waitFor();
	expect([await date.isChecked(), await title.isChecked()]).toEqual([true, false]);
	await title.check();
	await page.getByRole('button', { name: 'Write 2 changes' }).click();
	await page.getByText('All of it agrees with MusicBrainz already.').waitFor();
	await page.getByRole('button', { name: 'Undo' }).click();
	await page.getByRole('checkbox', { name: 'Title of dusk' }).waitFor();
});
