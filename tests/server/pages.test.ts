import { XMLParser } from 'fast-xml-parser';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ArtistWithMusic } from '#contracts/artist';
import type { Track } from '#contracts/track';
import { makeMusic, makePicture, variations } from '../support/music.ts';
import { startPortal, type Client } from '../support/portal.ts';
import { runSegue } from '../support/segue.ts';

let portal: Awaited<ReturnType<typeof startPortal>>['portal'];
let close: () => Promise<void>;
let owner: Client;
/** Somebody else who uploads. */
let artist: Client;
const ids: Record<string, string> = {};
const tracks: Record<string, Track> = {};

const SONGS = [
	{ title: 'Low Tide', artist: 'Ada', album: 'Coast', track: '1' },
	{ title: 'High Tide', artist: 'Ada', album: 'Coast', track: '2' },
	{ title: '</script><b>"Salt" & \'Sea\'', artist: 'Ada', album: 'Coast', track: '3' },
	{ title: 'Hidden', artist: 'Bo', album: 'Cellar', track: '1' },
	{ title: 'Guest', artist: 'Ada', album: 'Various', track: '1' },
	{ title: 'Sketch', artist: 'Ada', album: 'Sketches', track: '1' },
	{ title: 'Theirs', artist: 'Cy', album: 'Theirs', track: '1' }
];

beforeAll(async () => {
	({ portal, close } = await startPortal());
	owner = await portal.signIn();
	const mp3 = await makeMusic({ format: 'mp3', seconds: 1 });
	const sent = variations(mp3, SONGS).map(async (bytes, at) => {
		const song = SONGS[at]!;
		if (song.artist === 'Cy') return;
		ids[song.title] = await owner.send(`${at}.mp3`, bytes, { path: `${song.album}/${at}.mp3` });
	});
	for (const each of sent) await each;
	const { token } = await invite();
	artist = await join(token);
	ids['Theirs'] = await artist.send('theirs.mp3', variations(mp3, SONGS)[6]!);
	for (const [title, id] of Object.entries(ids)) {
		const client = title === 'Theirs' ? artist : owner;
		const { trackId } = await client.outcome(id);
		tracks[title] = (await (await client.fetch(`/api/tracks/${trackId}`)).json()) as Track;
	}
});
afterAll(() => close());

async function invite(): Promise<{ token: string }> {
	const env = { DATA_DIR: portal.dataDir };
	await runSegue(['user', 'add', '--email', 'cy@portal.test', '--role', 'artist'], env);
	const token = await runSegue(['token', 'create', '--email', 'cy@portal.test'], env);
	return { token: token.trim() };
}

async function join(token: string): Promise<Client> {
	const client = portal.visitor;
	client.headers['Authorization'] = `Bearer ${token}`;
	return client;
}

/** Says it as the studio does. */
async function show(title: string, visibility: string) {
	const response = await owner.fetch('/api/uploads', {
		method: 'PATCH',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ uploads: [{ id: ids[title], description: { visibility } }] })
	});
	expect(response.status).toBe(204);
}

async function patch(client: Client, path: string, body: unknown): Promise<number> {
	const response = await client.fetch(path, {
		method: 'PATCH',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify(body)
	});
	return response.status;
}

const statuses = (paths: readonly string[], client = portal.visitor) =>
	Promise.all(paths.map(async (path) => (await client.fetch(path)).status));
const page = async (path: string, client = portal.visitor) =>
	(await client.fetch(path, { headers: { Accept: 'text/html' } })).text();
const oembed = (path: string) => `/oembed?url=${encodeURIComponent(portal.origin + path)}`;
const pathOf = ({ slug }: Track) => `/tracks/${slug}`;
const releaseOf = ({ releaseSlug }: Track) => `/releases/${releaseSlug}`;

test('a release says what it is to whoever links to it, whatever its titles are', async () => {
	const path = releaseOf(tracks['Low Tide']!);
	const html = await page(path);
	expect(html).toContain(`<link rel="canonical" href="${portal.origin}${path}"`);
	expect(html).toContain('<meta property="og:type" content="music.album"');
	expect(html).toContain(`${portal.origin}/embed${path}`);
	expect(html).not.toContain('</script><b>');
	const [, json = ''] = /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(html) ?? [];
	const { track } = JSON.parse(json) as { track: { name: string }[] };
	expect(track.map(({ name }) => name)).toContain('</script><b>"Salt" & \'Sea\'');
	// Whole before any script runs.
	expect(html.replace(/<script.*?<\/script>/gs, '')).toContain('High Tide');
});

test('an embed may be framed by everybody, every other page by nobody else', async () => {
	const path = pathOf(tracks['Low Tide']!);
	const policy = async (at: string) =>
		(await portal.visitor.fetch(at)).headers.get('content-security-policy');
	expect(await policy(`/embed${path}`)).toContain('frame-ancestors *');
	expect(await policy(path)).toContain("frame-ancestors 'self'");
	expect(await policy(path)).not.toMatch(/script-src[^;]*unsafe-inline/);
	const html = await page(`/embed${releaseOf(tracks['Low Tide']!)}`);
	expect(html).toContain(`src="${tracks['Low Tide']!.streamUrl}"`);
	expect(html).not.toContain('</script><b>');
});

test('oEmbed speaks of what plays here, within the room that there is', async () => {
	const path = pathOf(tracks['Low Tide']!);
	const answer = (await (await portal.visitor.fetch(`${oembed(path)}&maxwidth=300`)).json()) as {
		html: string;
	};
	expect(answer).toMatchObject({ version: '1.0', type: 'rich', width: 300, author_name: 'Ada' });
	expect(answer.html).toContain(`src="${portal.origin}/embed${path}"`);
	expect(
		await statuses([
			oembed('/tracks/none'),
			oembed('/artists/ada'),
			'/oembed',
			`/oembed?url=${encodeURIComponent('https://elsewhere.example' + path)}`,
			`${oembed(path)}&format=xml`
		])
	).toEqual([404, 404, 404, 404, 501]);
});

test('an artist has a feed that programs read and ask for again at no cost', async () => {
	const visitor = portal.visitor;
	const response = await visitor.fetch('/feeds/artists/ada.xml');
	expect(response.headers.get('content-type')).toContain('application/rss+xml');
	const xml = await response.text();
	const { rss } = new XMLParser({ ignoreAttributes: false }).parse(xml) as {
		rss: { channel: { item: Record<string, string & Record<string, string>>[] } };
	};
	const items = rss.channel.item;
	const salt = items.find(({ guid }) => guid!['#text'] === tracks[SONGS[2]!.title]!.id)!;
	expect(salt['title']).toBe('</script><b>"Salt" & \'Sea\'');
	const media = await fetch(salt['enclosure']!['@_url']!);
	expect(media.status).toBe(200);
	const asked = async (headers: Record<string, string>) =>
		(await visitor.fetch('/feeds/artists/ada.xml', { headers })).status;
	const tag = response.headers.get('etag')!;
	const modified = response.headers.get('last-modified')!;
	expect(await asked({ 'If-None-Match': `"x", ${tag}` })).toBe(304);
	expect(await asked({ 'If-Modified-Since': modified })).toBe(304);
	expect(await asked({ 'If-None-Match': '"x"', 'If-Modified-Since': modified })).toBe(200);
	expect(await statuses(['/feeds/artists/nobody.xml'])).toEqual([404]);
});

test('what is unlisted opens by its address and is in no list; what is private is as unknown', async () => {
	const track = tracks['Hidden']!;
	const [byLink, lists] = [
		[
			pathOf(track),
			releaseOf(track),
			`/api/tracks/${track.id}`,
			track.streamUrl!,
			`/embed${pathOf(track)}`,
			`/embed${releaseOf(track)}`,
			oembed(pathOf(track)),
			oembed(releaseOf(track))
		],
		['/', '/api/tracks?limit=200', '/api/tracks?q=Hidden', '/sitemap.xml']
	];
	const isListed = async (client = portal.visitor) =>
		Promise.all(
			lists.map(async (path) => {
				const html = await page(path, client);
				return html.includes(track.slug) || html.includes(track.releaseSlug!);
			})
		);
	const listens = async () => {
		const { events } = (await (await artist.fetch('/api/live?since=0')).json()) as {
			events: { trackId?: string }[];
		};
		return events.filter(({ trackId }) => trackId === track.id).length;
	};
	expect(await statuses([...byLink, '/artists/bo', '/feeds/artists/bo.xml'])).toEqual(
		[...byLink, 0, 0].map(() => 200)
	);
	expect(await isListed()).toEqual([true, true, true, true]);
	const heard = await listens();

	await show('Hidden', 'unlisted');

	expect(await statuses(byLink)).toEqual(byLink.map(() => 200));
	expect(await isListed()).toEqual([false, false, false, false]);
	expect(await isListed(artist)).toEqual([false, false, false, false]);
	expect(await statuses(['/artists/bo', '/feeds/artists/bo.xml'])).toEqual([404, 404]);
	expect(await page(pathOf(track))).toContain('<meta name="robots" content="noindex"');
	expect(await page(releaseOf(track))).toContain('<meta name="robots" content="noindex"');
	expect(await listens()).toBe(heard);

	await show('Hidden', 'private');

	for (const client of [portal.visitor, artist]) {
		expect(await statuses(byLink, client)).toEqual(byLink.map(() => 404));
		expect(await isListed(client)).toEqual([false, false, false, false]);
	}
	const answerAt = async (path: string) =>
		(await page(path))
			.replaceAll(path, '')
			.replaceAll(/[0-9a-f]{16}|nonce-?="?[^" ]*|\w{22}==/g, '');
	expect((await answerAt(pathOf(track))).length).toBe((await answerAt('/tracks/not-here')).length);
	const own = [pathOf(track), releaseOf(track), `/api/tracks/${track.id}`, track.streamUrl!];
	expect(await statuses(own, owner)).toEqual(own.map(() => 200));
});

test('a public release does not show its unlisted tracks', async () => {
	const release = releaseOf(tracks['Low Tide']!);
	await show('High Tide', 'unlisted');
	expect(await page(release)).not.toContain(tracks['High Tide']!.slug);
	expect(await page(release)).toContain(tracks['Low Tide']!.slug);
	expect(await page(release, owner)).toContain(tracks['High Tide']!.slug);
	expect(await statuses([pathOf(tracks['High Tide']!)])).toEqual([200]);
});

test('listeners download once the artist allows it, and not by asking', async () => {
	const track = tracks['Low Tide']!;
	const original = `/media/tracks/${track.id}/original`;
	const html = await page(releaseOf(track), owner);
	expect(html).toContain('Listeners may download');
	const release = (await releaseData(track.releaseSlug!)).id;
	expect(await statuses([original])).toEqual([404]);
	expect(await patch(portal.visitor, `/api/releases/${release}`, { downloads: true })).toBe(401);
	expect(await patch(artist, `/api/releases/${release}`, { downloads: true })).toBe(404);
	expect(await patch(owner, `/api/releases/${release}`, { downloads: true })).toBe(204);
	const response = await portal.visitor.fetch(original);
	expect(response.status).toBe(200);
	expect(response.headers.get('content-disposition')).toContain('attachment');
	const { originalUrl, originalSha256 } = (await (
		await portal.visitor.fetch(`/api/tracks/${track.id}`)
	).json()) as Track;
	expect([originalUrl, originalSha256]).toEqual([original, undefined]);
	expect(await patch(owner, `/api/releases/${release}`, { downloads: false })).toBe(204);
	expect(await statuses([original])).toEqual([404]);
});

test('an artist is described by those whose music it is, and keeps the address', async () => {
	const ada = await artistData('ada');
	const cy = await artistData('cy');
	const path = `/api/artists/${cy.id}`;
	expect(await patch(portal.visitor, path, { text: 'x' })).toBe(401);
	expect(await patch(artist, `/api/artists/${ada.id}`, { text: 'x' })).toBe(403);
	expect(await patch(owner, '/api/artists/none', { text: 'x' })).toBe(404);
	for (const wrong of [
		{ name: '' },
		{ links: [{ url: 'javascript:alert(1)' }] },
		{ pictureHash: 'a'.repeat(64) }
	]) {
		expect(await patch(artist, path, wrong), JSON.stringify(wrong)).toBe(400);
	}
	expect(await patch(artist, path, { name: 'Ada' })).toBe(409);
	const stored = await artist.fetch('/api/covers', {
		method: 'POST',
		headers: { 'Content-Type': 'image/jpeg' },
		body: await makePicture('navy')
	});
	const { cover } = (await stored.json()) as { cover: string };
	const links = [{ label: 'Shop', url: 'https://shop.example/' }];
	const said = { name: 'Cy Young', text: 'One.\n\nTwo.\u202e', links, pictureHash: cover };
	expect(await patch(artist, path, said)).toBe(204);

	const html = await page('/artists/cy');
	for (const shown of ['Cy Young', 'href="https://shop.example/"', cover]) {
		expect(html).toContain(shown);
	}
	expect(html).not.toContain('\u202e');
	expect(await statuses([`/media/covers/${cover}/512.jpg`])).toEqual([200]);

	// Tags that say the old name, and the new one, go on meaning this artist.
	const mp3 = await makeMusic({ format: 'mp3', seconds: 1, hertz: 700 });
	const songs = ['Cy', 'CY YOUNG'].map((name, n) => ({ title: `Later ${n}`, artist: name }));
	for (const [n, bytes] of variations(mp3, songs).entries()) {
		const { trackId } = await artist.outcome(await artist.send(`later${n}.mp3`, bytes));
		const later = (await (await artist.fetch(`/api/tracks/${trackId}`)).json()) as Track;
		expect(later).toMatchObject({ artist: 'Cy Young', artistSlug: 'cy' });
	}
});

test('a release that becomes part of another leads there, for whoever may open that', async () => {
	const from = releaseOf(tracks['Sketch']!);
	const upload = { id: ids['Sketch'], description: { album: 'Coast' } };
	expect(await patch(owner, '/api/uploads', { uploads: [upload] })).toBe(204);
	const moved = await portal.visitor.fetch(from, { redirect: 'manual' });
	expect(moved.status).toBe(308);
	expect(moved.headers.get('location')).toBe(releaseOf(tracks['Low Tide']!));
	for (const title of ['Low Tide', SONGS[2]!.title, 'Sketch', 'High Tide']) {
		await show(title, 'private');
	}
	expect((await portal.visitor.fetch(from, { redirect: 'manual' })).status).toBe(404);
});

/** What a page of ours is told, by the way it is told. */
async function dataOf(path: string): Promise<unknown[]> {
	const response = await owner.fetch(`${path}/__data.json`);
	const { nodes } = (await response.json()) as { nodes: { data: unknown[] }[] };
	return nodes.at(-1)!.data;
}

async function releaseData(slug: string): Promise<{ id: string }> {
	return { id: idIn(await dataOf(`/releases/${slug}`), 'release') };
}

async function artistData(slug: string): Promise<Pick<ArtistWithMusic, 'id'>> {
	return { id: idIn(await dataOf(`/artists/${slug}`), 'artist') };
}

/** Kit writes data flat: what a field holds is where it stands. */
function idIn(data: unknown[], name: string): string {
	const [root] = data as [Record<string, number>];
	const found = data[root[name]!] as Record<string, number>;
	return data[found['id']!] as string;
}
