import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Chapter } from '#contracts/chapter';
import type { ImportItems, ImportRecord } from '#contracts/import';
import type { Track } from '#contracts/track';
import { makeMusic, makePicture, makeSong } from '../support/music.ts';
import { Origin } from '../support/origin.ts';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';
import { retryUntil } from '../support/until.ts';

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;
let origin: Origin;

beforeAll(async () => {
	origin = await Origin.open();
	({ portal, close } = await startPortal({ IMPORT_ALLOW_HOSTS: '127.0.0.1' }));
	owner = await portal.signIn();
});
afterAll(async () => {
	await close();
	await origin.close();
});

interface Episode {
	title: string;
	url: string;
	more?: string;
}

const serve = (path: string, body: () => string | Uint8Array) =>
	origin.on(path, (_request, response) => response.end(body()));
const feedOf = (title: string, episodes: readonly Episode[], head = '') =>
	`<rss version="2.0"><channel><title>${title}</title>${head}${episodes
		.map(
			(each) => `<item><title>${each.title}</title><guid>${each.title}</guid>${each.more ?? ''}
				<enclosure url="${each.url}" type="audio/mpeg"/></item>`
		)
		.join('')}</channel></rss>`;

/** What became of its items, once it has ended. */
async function imported(url: string) {
	const ordered = await owner.post('/api/imports', { source: 'feed', url, publish: true });
	const { id } = (await ordered.json()) as { id: string };
	const record = await retryUntil(
		async () => (await (await owner.fetch(`/api/imports/${id}`)).json()) as ImportRecord,
		({ state }) => ['done', 'failed'].includes(state)
	);
	const response = await owner.fetch(`/api/imports/${id}/items?state=ready`);
	const { items } = (await response.json()) as ImportItems;
	const tracks: Track[] = [];
	for (const { trackId } of items) {
		if (trackId !== undefined) tracks.push(await trackOf(trackId));
	}
	return { record, byTitle: new Map(tracks.map((track) => [track.title, track])) };
}
const trackOf = async (id: string) =>
	(await (await owner.fetch(`/api/tracks/${id}`)).json()) as Track;

test('chapters come with a feed, however it says them, and go out with an export', async () => {
	const hostile = '<img src=x onerror=alert(1)>';
	const chapters = [
		...[
			{ startTime: 0, title: hostile },
			{ startTime: 0.5, title: 'Of the document' }
		],
		{ startTime: 900, title: 'Behind the end' }
	];
	const json = serve('/chapters.json', () => JSON.stringify({ version: '1.2.0', chapters }));
	origin.on('/inside.json', (_request, response) =>
		response.writeHead(302, { Location: 'http://[::1]:80/' }).end()
	);
	const simple = `<psc:chapters><psc:chapter start="00:00:00.5" title="Half &amp; half"/>
		<psc:chapter start="0" title="Podlove"/></psc:chapters>`;
	const more: Record<string, string> = {
		Document: `<podcast:chapters url="${json}" type="application/json+chapters"/>${simple}`,
		Simple: `<podcast:chapters url="${origin.url}/inside.json"/>${simple}`,
		Notes: '<description><![CDATA[<p>Today<br>00:00 Intro<br>00:02 End</p>]]></description>',
		None: '<description>At 20:00 we begin</description>'
	};
	const episodes: Episode[] = [];
	for (const [title, said] of Object.entries(more)) {
		const url = origin.file(`/${title}.mp3`, await makeSong({ title }));
		episodes.push({ title, url, more: said });
	}
	const url = serve('/chapters.xml', () => feedOf('Chapters', episodes));

	const { record, byTitle } = await imported(url);

	expect(record).toMatchObject({ state: 'done', items: { done: 4, failed: 0 } });
	const said = (title: string) => byTitle.get(title)?.chapters;
	expect(said('Document')).toEqual([
		{ startSeconds: 0, title: hostile },
		{ startSeconds: 0.5, title: 'Of the document' }
	]);
	expect(said('Simple')).toEqual([
		{ startSeconds: 0, title: 'Podlove' },
		{ startSeconds: 0.5, title: 'Half & half' }
	]);
	expect(said('Notes')?.map(({ title }) => title)).toEqual(['Intro']);
	expect(said('None')).toBeUndefined();
	const page = await (
		await portal.visitor.fetch(`/tracks/${byTitle.get('Document')?.slug}`)
	).text();
	expect(page).toContain('Of the document');
	expect(page).not.toContain(hostile);
	const archive = Buffer.from(await (await owner.fetch('/api/export')).arrayBuffer());
	expect(archive.includes('"chapters":[{"startSeconds":0,"title":"Podlove"}')).toBe(true);
});

test('an episode shows its own picture, unless its file has one, and its release the feed’s', async () => {
	for (const color of ['red', 'green', 'blue']) {
		const picture = await makePicture(color);
		serve(`/${color}.jpg`, () => picture);
	}
	serve('/no.jpg', () => 'no picture');
	const image = (name: string) => `<itunes:image href="/${name}.jpg"/>`;
	const song = async (title: string, cover?: string) =>
		origin.file(`/${title}.mp3`, await makeSong({ title }, cover));
	const url = serve('/pictures.xml', () => feed);
	const feed = feedOf(
		'Pictures',
		[
			{ title: 'Own', url: await song('Own'), more: image('red') },
			{ title: 'Same', url: await song('Same'), more: image('blue') },
			{ title: 'Broken', url: await song('Broken'), more: image('no') }
		],
		image('blue')
	);

	const other = feedOf('Files', [
		{ title: 'Embedded', url: await song('Embedded', 'yellow'), more: image('red') }
	]);
	const { record, byTitle } = await imported(url);
	const files = await imported(serve('/files.xml', () => other));

	expect(record).toMatchObject({ state: 'done', items: { done: 4, failed: 0 } });
	const of = async (title: string) => (await trackOf(byTitle.get(title)!.id)).coverUrl;
	const [own, same, broken] = await Promise.all(['Own', 'Same', 'Broken'].map(of));
	const embedded = (await trackOf(files.byTitle.get('Embedded')!.id)).coverUrl;
	expect(new Set([own, embedded, same]).size).toBe(3);
	expect(same).toMatch(/^\/media\/covers\/[0-9a-f]{64}\//);
	expect(broken).toBe(same);
	expect(origin.asked('/red.jpg')).toHaveLength(3); // in two runs, and once as the cover of the other feed
	const { releaseSlug } = byTitle.get('Own')!;
	const response = await owner.fetch(`/releases/${releaseSlug}`);
	expect(await response.text()).toContain(same!.split('/')[3]);
});

test('what its artist says of an episode stays, whatever the feed says later', async () => {
	const tags = { title: 'In the file', artist: 'Ada' };
	const [first, better] = [
		await makeMusic({ format: 'mp3', seconds: 3, hertz: 523, tags }),
		await makeMusic({ format: 'flac', seconds: 3, hertz: 523, tags })
	];
	const notes = (line: string) => `<description>00:00 ${line}\n00:01 ${line}</description>`;
	const episode = (name: string, bytes: Uint8Array, line: string): Episode => ({
		...{ title: 'Changing', url: origin.file(name, bytes) },
		more: notes(line) + `<updated>${line}</updated>`
	});
	let now = episode('/changing.mp3', first, 'Before');
	const url = serve('/changing.xml', () => feedOf('Changes', [now]));
	const { byTitle } = await imported(url);
	const { id, uploadId } = byTitle.get('Changing')!;
	const chapters: Chapter[] = [{ startSeconds: 2, title: 'Said here' }];
	const described = await owner.fetch('/api/uploads', {
		method: 'PATCH',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({
			uploads: [{ id: uploadId, description: { title: 'Changed here', chapters } }]
		})
	});
	expect(described.ok).toBe(true);

	now = episode('/changing.flac', better, 'After');
	const again = await imported(url);

	expect(again.record.items).toMatchObject({ done: 1, failed: 0 });
	expect(await trackOf(id)).toMatchObject({ title: 'Changed here', chapters, format: 'FLAC' });
});
