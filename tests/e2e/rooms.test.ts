import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Track } from '#contracts/track';
import { makeMusic } from '../support/music.ts';
import { OWNER } from '../support/portal.ts';
import { openPage, signIn, startSite } from '../support/site.ts';
import { retryUntil } from '../support/until.ts';

let site: Awaited<ReturnType<typeof startSite>>;
let page: Page;
let axe: string;

const NARROW = { width: 360, height: 740 };
const WIDE = { width: 1280, height: 800 };

/** Where pictures of the pages are put, for who wants to look at them. */
const PICTURES = process.env['PICTURES_DIR'];

beforeAll(async () => {
	site = await startSite();
	axe = await readFile(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
	page = await openPage(site.context);
	await signIn(page, site.origin);
});
afterAll(() => site.close());

let hertz = 300;
async function add(title: string, more: Record<string, string> = {}, cover?: string) {
	const owner = await site.portal.signIn();
	const bytes = await makeMusic({
		...{ format: 'mp3', seconds: 2, hertz: (hertz += 31) },
		tags: { title, artist: 'Ada Lind', ...more },
		...(cover && { cover })
	});
	const { trackId } = await owner.outcome(await owner.send(`${title}.mp3`, bytes));
	return (await (await owner.fetch(`/api/tracks/${trackId}`)).json()) as Track;
}

/** What axe finds wrong, on a wide page and a narrow one, light and dark. */
async function faults(path: string, name: string): Promise<string[]> {
	const found: string[] = [];
	for (const [size, scheme] of [
		[WIDE, 'light'],
		[NARROW, 'dark']
	] as const) {
		await page.setViewportSize(size);
		await page.emulateMedia({ colorScheme: scheme });
		await page.goto(site.origin + path);
		await page.getByRole('heading', { level: 1 }).waitFor();
		if (PICTURES) {
			await page.screenshot({ path: `${PICTURES}/${name}-${size.width}-${scheme}.png` });
		}
		await page.evaluate(axe);
		const violations = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
			'axe.run().then(({ violations }) => violations)'
		);
		for (const { id, nodes } of violations) {
			found.push(`${path} ${size.width} ${scheme}: ${id} ${nodes[0]?.html ?? ''}`);
		}
		const overflow = await page.evaluate<number>(
			'document.documentElement.scrollWidth - document.documentElement.clientWidth'
		);
		if (overflow > 0) found.push(`${path} ${size.width}: ${overflow} px too wide`);
	}
	await page.setViewportSize(WIDE);
	await page.emulateMedia({ colorScheme: 'light' });
	return found;
}

test('deleting is undone by one press, and the bin gives back what lies in it', async () => {
	const track = await add('Harbour', { album: 'Coast', track: '1' }, 'teal');
	await add('Lighthouse', { album: 'Coast', track: '2' });
	await page.goto(`${site.origin}/studio`);
	const rows = page.getByRole('list', { name: 'Tracks of Coast' });

	await page.getByRole('button', { name: 'More for Harbour' }).click();
	await page.getByRole('button', { name: 'Delete', exact: true }).click();
	await page.getByText('Harbour is in the bin').waitFor();
	await rows.getByRole('link', { name: 'Harbour' }).waitFor({ state: 'detached' });
	await page.getByRole('button', { name: 'Undo' }).press('Enter');
	await rows.getByRole('link', { name: 'Harbour' }).waitFor();
	// With the message its button is gone; whoever uses the keyboard is back in the list.
	await page.getByText('Harbour is in the bin').waitFor({ state: 'detached' });
	expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);

	await page.getByRole('button', { name: 'More for Coast' }).click();
	await page.getByRole('button', { name: 'Delete all 2 tracks' }).click();
	await page.getByRole('heading', { name: 'Your studio' }).waitFor();
	expect((await site.portal.visitor.fetch(track.streamUrl!)).status).toBe(404);
	await page.goto(`${site.origin}/studio/bin`);
	await page.getByText('release, 2 tracks').waitFor();
	expect(await faults('/studio/bin', 'bin-one')).toEqual([]);
	await page.goto(`${site.origin}/studio/bin`);
	await page.getByRole('button', { name: 'Put back Coast' }).click();
	await page.getByText('2 tracks put back').waitFor();
	expect((await site.portal.visitor.fetch(track.streamUrl!)).status).toBe(200);
});

test('erasing asks once, and works where no script runs', async () => {
	const track = await add('Forgotten');
	const owner = await site.portal.signIn();
	await owner.post('/api/studio/bin', { tracks: [track.id] });
	const plain = await site.context.browser()?.newContext({
		...{ javaScriptEnabled: false, ignoreHTTPSErrors: true, viewport: NARROW },
		storageState: await site.context.storageState()
	});
	const still = await (plain ?? site.context).newPage();
	await still.goto(`${site.origin}/studio/bin`);

	await still.getByRole('link', { name: 'Erase Forgotten for ever' }).click();
	await still.getByText('Erase it for ever?').waitFor();
	await still.getByRole('button', { name: 'Erase Forgotten' }).click();

	await still.getByText('The bin is empty').waitFor();
	await still.close();
});

test('a file takes the place of another from the track’s room', async () => {
	const track = await add('Rough');
	await page.goto(`${site.origin}/studio/tracks/${track.id}`);
	const buffer = Buffer.from(await makeMusic({ format: 'flac', seconds: 3, hertz: 777 }));
	await page
		.getByTestId('replace-input')
		.setInputFiles({ name: 'Mastered.flac', mimeType: 'audio/flac', buffer });

	await page.getByText('Replaced. This is what everybody hears now.').waitFor();
	await page.getByText('Mastered.flac').waitFor();
	await page.getByRole('heading', { level: 1, name: 'Rough' }).waitFor();
});

test('a listener reports, the owner takes down, and takes it back', async () => {
	const track = await add('Contested');
	await page.goto(`${site.origin}/tracks/${track.slug}`);
	await page.getByRole('link', { name: 'Report' }).click();
	await page.getByLabel('It is somebody else’s music').check();
	await page.getByLabel('Tell more').fill('I wrote this one.');
	expect(await faults(new URL(page.url()).pathname + new URL(page.url()).search, 'report')).toEqual(
		[]
	);
	await page.getByLabel('It is somebody else’s music').check();
	await page.getByLabel('Tell more').fill('I wrote this one.');
	await page.getByRole('button', { name: 'Send the report' }).click();
	await page.getByText('Thank you.').waitFor();

	await page.goto(`${site.origin}/admin`);
	await page.getByText('1 report waits for you').waitFor();
	await page.getByRole('link', { name: 'Read' }).click();
	await page.getByText('I wrote this one.').waitFor();
	await page.getByText('Take it down: Contested').click();
	await page.getByLabel('Why?').fill('Ask Bo first');
	await page.getByRole('button', { name: 'Take it down' }).click();
	await page.getByText('Its artist reads why').waitFor();
	await retryUntil(
		async () => (await site.portal.visitor.fetch(track.streamUrl!)).status,
		(status) => status === 404
	);
	await page.getByRole('button', { name: 'Undo' }).click();
	await page.getByText('There again').waitFor();
	expect((await site.portal.visitor.fetch(track.streamUrl!)).status).toBe(200);
});

test('people change their name and password, and only this browser stays signed in', async () => {
	const elsewhere = await site.portal.signIn();
	const chosen = 'staple-battery-horse';
	const change = async (present: string, next: string) => {
		await page.getByLabel('Present password').fill(present);
		await page.getByLabel('New password').fill(next);
		await page.getByRole('button', { name: 'Change the password' }).click();
	};
	await page.goto(site.origin);
	await page.getByRole('button', { name: 'You', exact: true }).click();
	await page.getByRole('link', { name: 'Your account' }).click();

	await page.getByLabel('Name').fill('Ada of the harbour');
	await page.getByRole('button', { name: 'Save the name' }).click();
	await page.getByText('Your name is saved.').waitFor();
	await page.getByRole('button', { name: 'You', exact: true }).click();
	await page.getByRole('group', { name: 'You' }).getByText('Ada of the harbour').waitFor();
	await page.keyboard.press('Escape');
	await change('not-the-present-one', chosen);
	await page.getByText('This is not your present password.').waitFor();
	await change(OWNER.password, chosen);
	await page.getByText('Your password is changed.').waitFor();

	expect((await elsewhere.fetch('/api/playlists')).status).toBe(401);
	await site.portal.signIn({ ...OWNER, password: chosen });
	await page.reload();
	await change(chosen, OWNER.password);
	await page.getByText('Your password is changed.').waitFor();
});

test('one invitation after the other is made without choosing again, and withdrawn by the keyboard', async () => {
	await page.goto(`${site.origin}/admin/people`);
	await page.getByText('Listener listens').click();
	const link = page.getByLabel('Invitation link');
	await page.getByRole('button', { name: 'Make an invitation link' }).click();
	const first = await link.inputValue();
	expect(await page.getByRole('radio', { name: 'Listener' }).isChecked()).toBe(true);
	const make = page.getByRole('button', { name: 'Make an invitation link' });
	await make.press('Enter');
	await retryUntil(
		() => link.inputValue(),
		(now) => now !== first
	);
	const hasFocus = (element: Element) => element === document.activeElement;
	expect(await make.evaluate(hasFocus)).toBe(true);

	const withdraw = page.getByRole('button', { name: /^Withdraw/ });
	const before = await withdraw.count();
	await withdraw.first().press('Enter');
	await page.getByText('Withdrawn: its link opens nothing now.').waitFor();
	expect(await withdraw.count()).toBe(before - 1);
	expect(await withdraw.first().evaluate(hasFocus)).toBe(true);
});

test('every room is in order, wide and narrow, light and dark', { timeout: 240_000 }, async () => {
	const track = await add('A title that goes on for so long that it has to break somewhere', {
		artist: 'شادي الجميل'
	});
	const people = await site.portal.signIn();
	const id = /\/admin\/people\/([0-9a-f]{32})/.exec(
		await (await people.fetch('/admin/people')).text()
	)?.[1];
	const rooms: [path: string, name: string][] = [
		['/studio', 'studio'],
		['/studio/statistics', 'statistics'],
		['/studio/bin', 'bin'],
		[`/studio/tracks/${track.id}`, 'track'],
		['/admin', 'admin'],
		['/admin/people', 'people'],
		[`/admin/people/${id}`, 'person'],
		['/admin/reports', 'reports'],
		['/admin/reports?show=closed', 'reports-closed'],
		['/admin/featured', 'featured'],
		['/admin/jobs', 'jobs'],
		['/account', 'account']
	];
	const found: string[] = [];
	for (const [path, name] of rooms) found.push(...(await faults(path, name)));
	expect(found).toEqual([]);
});
