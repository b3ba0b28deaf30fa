import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServerEvent } from '#contracts/live';
import type { Track, TrackPage } from '#contracts/track';
import { StoredCover, type Description, type NewUpload } from '#contracts/upload';
import { makeMusic, makePicture, makeSong, type SongTags } from '../support/music.ts';
import { Client, startPortal, type TestPortal } from '../support/portal.ts';
import { runSegue } from '../support/segue.ts';
import { retryUntil } from '../support/until.ts';

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;
let artist: Client;
let listener: Client;

beforeAll(async () => {
	({ portal, close } = await startPortal());
	owner = await portal.signIn();
	artist = await join('artist');
	listener = await join('listener');
});
afterAll(() => close());

/** Somebody with an API token. The name is what stands before the @. */
async function join(role: 'artist' | 'listener', name: string = role): Promise<Client> {
	const env = { DATA_DIR: portal.dataDir };
	const email = `${name}@portal.test`;
	await runSegue(['user', 'add', '--email', email, '--role', role], env);
	const token = (await runSegue(['token', 'create', '--email', email], env)).trim();
	return new Client(() => portal.origin, { Authorization: `Bearer ${token}` });
}

const music = (tags: SongTags = {}, { cover }: { cover?: string } = {}) => makeSong(tags, cover);
/** What must be encoded before it plays. */
const wav = (seconds: number) => makeMusic({ format: 'wav', seconds });
let sends = 0;

interface Sending {
	name?: string;
	publish?: boolean;
	description?: Description;
	path?: string;
}

/** Registers a file and sends it. @returns its upload's id */
async function send(client: Client, bytes: Uint8Array<ArrayBuffer>, sending: Sending = {}) {
	const { name = `${(sends += 1)}.mp3`, publish = false, ...rest } = sending;
	const file = { key: `${name}:${Math.random()}`, name, size: bytes.length, ...rest };
	const url = await client.accepted(file, { publish });
	await client.patch(url, 0, bytes);
	return url.slice('/files/'.length);
}

/** The same, until it plays. */
async function add(client: Client, bytes: Uint8Array<ArrayBuffer>, sending: Sending = {}) {
	const id = await send(client, bytes, sending);
	const { state, trackId = '' } = await client.outcome(id);
	expect(state).toBe('ready');
	return { id, trackId };
}

const say = (client: Client, method: string, at: string, body: unknown) =>
	client.fetch(at, {
		method,
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify(body)
	});
const patch = (client: Client, uploads: { id: string; description: unknown }[]) =>
	say(client, 'PATCH', '/api/uploads', { uploads });
const publish = (client: Client, ids: string[], is = true) =>
	say(client, 'POST', '/api/uploads/publish', { ids, publish: is });

async function tell(client: Client, said: Record<string, Description>) {
	const uploads = Object.entries(said).map(([id, description]) => ({ id, description }));
	expect((await patch(client, uploads)).status).toBe(204);
}

const track = async (client: Client, id: string) =>
	(await (await client.fetch(`/api/tracks/${id}`)).json()) as Track;
const statusOf = async (client: Client, at: string | null) => (await client.fetch(at ?? '')).status;
const codeOf = async (response: Response) => {
	expect(response.headers.get('Content-Type')).toBe('application/problem+json');
	return ((await response.json()) as { code: string }).code;
};

async function events(client: Client, since: number | null = null) {
	const answer = await client.fetch(`/api/live${since === null ? '' : `?since=${since}`}`);
	return (await answer.json()) as { seq: number; events: ServerEvent[] };
}

const postCover = (
	client: Client,
	body: string | Uint8Array<ArrayBuffer>,
	headers: Record<string, string> = {}
) =>
	client.fetch('/api/covers', {
		method: 'POST',
		headers: { 'Content-Type': 'image/jpeg', ...headers },
		body
	});
const coverOf = async (client: Client, color: string) =>
	v.parse(StoredCover, await (await postCover(client, await makePicture(color))).json());
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('what tags say', () => {
	test('genre and date come from the file, and the year from the date', async () => {
		const bytes = await music({ genre: 'Ambient', date: '2019-05-04', album: 'Tagged' });

		const { id, trackId } = await add(artist, bytes);

		expect(await track(artist, trackId)).toMatchObject({
			genre: 'Ambient',
			date: '2019-05-04',
			year: 2019,
			uploadId: id
		});
	});

	test('a public track tells nobody else which upload it came from', async () => {
		const { trackId } = await add(artist, await music(), { publish: true });

		expect(await track(listener, trackId)).not.toHaveProperty('uploadId');
	});
});

describe('describing a file while it is registered', () => {
	test('what is said goes before the tags, what is not said is as they have it', async () => {
		const bytes = await music({ title: 'Tag', artist: 'Tagged', album: 'Old', track: '4' });

		const { trackId } = await add(artist, bytes, {
			description: { title: ' Said ', albumArtist: 'Various', genre: 'Dub', date: '2021-03' }
		});

		expect(await track(artist, trackId)).toMatchObject({
			title: 'Said',
			artist: 'Tagged',
			release: 'Old',
			trackNumber: 4,
			genre: 'Dub',
			date: '2021-03',
			year: 2021
		});
		const { artistSlug } = await releaseOf(artist, trackId);
		expect(artistSlug).toBe('various');
	});

	test('null clears: a title falls back to the name of the file, an artist to the person', async () => {
		const bytes = await music({
			title: 'T',
			artist: 'A',
			album: 'B',
			track: '1',
			disc: '2',
			genre: 'G',
			date: '1999'
		});

		const { trackId } = await add(artist, bytes, {
			name: '07 - Night Drive.mp3',
			path: 'Folder/07 - Night Drive.mp3',
			description: {
				title: null,
				artist: null,
				album: null,
				trackNumber: null,
				discNumber: null,
				genre: null,
				date: null
			}
		});

		expect(await track(artist, trackId)).toMatchObject({
			title: 'Night Drive',
			artist: 'artist',
			release: null,
			trackNumber: null,
			discNumber: null,
			genre: null,
			date: null,
			year: null
		});
	});

	test('control characters are nobody’s title, and a day that no calendar has is not kept', async () => {
		const { id, trackId } = await add(artist, await music({ title: 'Tag' }), {
			name: 'plain.mp3',
			description: {
				title: '\u0000\u0007',
				artist: 'Ada\u0000\u202eLove',
				genre: '\u001b[31m',
				date: '2023-02-31'
			}
		});

		expect(await track(artist, trackId)).toMatchObject({
			title: 'plain',
			artist: 'Ada Love',
			genre: '[31m',
			date: '2023-02'
		});
		expect((await artist.upload(id)).description).toMatchObject({ title: null });
	});

	test('registering again under the same key says more, and takes nothing back', async () => {
		const bytes = await music();
		const file = { key: 'said-again', name: 'again.mp3', size: bytes.length };
		const url = await artist.accepted({ ...file, description: { title: 'One', genre: 'Dub' } });

		await artist.register([{ ...file, description: { title: 'Two' } }]);
		await artist.register([file]);

		const id = url.slice(7);
		expect((await artist.upload(id)).description).toEqual({ title: 'Two', genre: 'Dub' });
		await artist.patch(url, 0, bytes);
		const { trackId = '' } = await artist.outcome(id);
		await artist.register([{ ...file, description: { title: 'Three' } }]);
		expect(await track(artist, trackId)).toMatchObject({ title: 'Three', genre: 'Dub' });
	});

	test('a file that failed is described when it is tried again', async () => {
		const file = { key: 'failed', name: 'failed.mp3', size: 300 };
		const url = await artist.accepted({ ...file, description: { title: 'Kept', genre: 'Dub' } });
		await publish(artist, [url.slice(7)], false);
		await artist.patch(url, 0, new Uint8Array(300));
		await artist.outcome(url.slice(7));

		const next = await artist.accepted(
			{ ...file, description: { genre: 'Jazz' } },
			{ publish: true }
		);

		expect(next).not.toBe(url);
		const upload = await artist.upload(next.slice(7));
		expect(upload.description).toEqual({ title: 'Kept', genre: 'Jazz' });
	});
});

const releaseOf = async (client: Client, trackId: string) => {
	const { releaseSlug, ...rest } = await track(client, trackId);
	const page = await client.fetch(`/releases/${releaseSlug}`, { headers: { Accept: 'text/html' } });
	const html = await page.text();
	const artistSlug = /href="[^"]*\/artists\/([^"]+)"/.exec(html)?.[1];
	return { releaseSlug, artistSlug, coverUrl: rest.coverUrl, html, status: page.status };
};

describe('describing files that are here', () => {
	test('a file on its way is described when it arrives', async () => {
		const bytes = await music({ title: 'Tag' });
		const url = await artist.accepted({ key: 'open', name: 'open.mp3', size: bytes.length });

		await tell(artist, { [url.slice(7)]: { title: 'Early' } });
		await tell(artist, { [url.slice(7)]: { genre: 'Dub' } });
		await artist.patch(url, 0, bytes);

		const { trackId = '', description } = await artist.outcome(url.slice(7));
		expect(description).toEqual({ title: 'Early', genre: 'Dub' });
		expect(await track(artist, trackId)).toMatchObject({ title: 'Early', genre: 'Dub' });
	});

	test('a file that is being prepared ends as it was described meanwhile', async () => {
		const bytes = await wav(20);
		const id = await send(artist, bytes, { name: 'meanwhile.wav' });

		let said = 0;
		while ((await artist.upload(id)).state !== 'ready') {
			said += 1;
			await tell(artist, { [id]: { title: `Said ${said}` } });
		}

		const { trackId = '' } = await artist.upload(id);
		expect((await track(artist, trackId)).title).toBe(`Said ${said}`);
	});

	test('a track takes what is said, and its address stays', async () => {
		const { id, trackId } = await add(artist, await music({ title: 'Before', artist: 'Bea' }));
		const before = await track(artist, trackId);

		await tell(artist, {
			[id]: { title: 'After', artist: 'Cleo', trackNumber: 9, discNumber: 2, date: '2020-01-02' }
		});

		expect(await track(artist, trackId)).toMatchObject({
			slug: before.slug,
			title: 'After',
			artist: 'Cleo',
			trackNumber: 9,
			discNumber: 2,
			date: '2020-01-02',
			year: 2020
		});
	});

	test('null clears on a track that is here as it does on one that comes', async () => {
		const tags = { title: 'T', artist: 'A', album: 'Cleared', genre: 'G', date: '1999' };
		const { id, trackId } = await add(artist, await music(tags), { name: '03 Harbour.mp3' });
		const old = await releaseOf(artist, trackId);

		await tell(artist, {
			[id]: { title: null, artist: null, album: null, genre: null, date: null, trackNumber: null }
		});

		expect(await track(artist, trackId)).toMatchObject({
			title: 'Harbour',
			artist: 'artist',
			release: null,
			genre: null,
			date: null,
			trackNumber: null
		});
		// It was the only track.
		expect(await statusOf(artist, `/releases/${old.releaseSlug}`)).toBe(404);
	});

	test('a release whose tracks all get one new title keeps its address and its cover', async () => {
		const tags = { artist: 'Ren', album: 'Working Title' };
		const one = await add(artist, await music(tags, { cover: 'teal' }));
		const two = await add(artist, await music(tags));
		const before = await releaseOf(artist, two.trackId);
		expect(before.coverUrl).toMatch(/^\/media\/covers\/[0-9a-f]{64}\/512\.webp$/);

		await tell(artist, {
			[one.id]: { album: 'True Title', albumArtist: 'Ren & Co' },
			[two.id]: { album: 'True Title', albumArtist: 'Ren & Co' }
		});

		const after = await releaseOf(artist, two.trackId);
		expect((await track(artist, two.trackId)).release).toBe('True Title');
		expect(after.releaseSlug).toBe(before.releaseSlug);
		expect(after.artistSlug).toBe('ren-co');
		expect(after.coverUrl).toBe(before.coverUrl);
	});

	test('one track of a release moves alone, and the release stays for the others', async () => {
		const tags = { artist: 'Sol', album: 'Both' };
		const one = await add(artist, await music(tags, { cover: 'navy' }));
		const two = await add(artist, await music(tags));
		const before = await releaseOf(artist, two.trackId);

		await tell(artist, { [two.id]: { album: 'Alone' } });

		const moved = await track(artist, two.trackId);
		expect(moved.release).toBe('Alone');
		expect(moved.coverUrl).toBeUndefined();
		expect(moved.releaseSlug).not.toBe(before.releaseSlug);
		expect((await track(artist, one.trackId)).releaseSlug).toBe(before.releaseSlug);
	});

	test('the last track to leave takes the cover along to a release without one', async () => {
		const folder = 'Beside';
		const one = await add(artist, await music(), { path: `${folder}/1.mp3`, name: '1.mp3' });
		const picture = await makePicture('olive');
		await artist.outcome(
			await send(artist, picture, { name: 'cover.jpg', path: `${folder}/cover.jpg` })
		);
		const other = await add(artist, await music({ album: 'Bare', artist: 'artist' }));
		const before = await releaseOf(artist, one.trackId);
		expect(before.coverUrl).toMatch(/^\/media\/covers\/[0-9a-f]{64}\/512\.webp$/);

		await tell(artist, { [one.id]: { album: 'Bare' } });

		const after = await track(artist, other.trackId);
		expect((await track(artist, one.trackId)).releaseSlug).toBe(after.releaseSlug);
		expect(after.coverUrl).toBe(before.coverUrl);
		const old = await artist.fetch(`/releases/${before.releaseSlug}`, { redirect: 'manual' });
		expect([old.status, old.headers.get('location')]).toEqual([
			308,
			`/releases/${after.releaseSlug}`
		]);
	});

	test('another person’s release of the same name is left alone', async () => {
		const tags = { artist: 'Twin', album: 'Same Name' };
		const theirs = await add(owner, await music(tags), { publish: true });
		const mine = await add(artist, await music({ artist: 'Twin', album: 'Other' }));

		await tell(artist, { [mine.id]: { album: 'Same Name' } });

		const { release, releaseSlug } = await track(artist, mine.trackId);
		expect(release).toBe('Same Name');
		expect(releaseSlug).not.toBe((await track(owner, theirs.trackId)).releaseSlug);
	});

	test('of two words about one upload in one request the later counts', async () => {
		const { id, trackId } = await add(artist, await music());

		await patch(artist, [
			{ id, description: { title: 'First', genre: 'Dub' } },
			{ id, description: { title: 'Second' } }
		]);

		expect(await track(artist, trackId)).toMatchObject({ title: 'Second', genre: 'Dub' });
	});

	test('what was described is among the changes', async () => {
		const { id } = await add(artist, await music());
		const { cursor } = (await (await artist.fetch('/api/uploads')).json()) as { cursor: string };

		await tell(artist, { [id]: { title: 'Changed' } });

		const after = await artist.fetch(`/api/uploads?since=${cursor}`);
		expect(await after.json()).toMatchObject({
			uploads: [{ id, state: 'ready', description: { title: 'Changed' } }]
		});
	});

	test.each([
		['somebody else’s', () => owner],
		['nobody’s', () => artist]
	])('with %s upload among them nothing is written', async (_whose, client) => {
		const mine = await add(artist, await music({ title: 'Mine' }));
		const other =
			client() === owner ? (await add(owner, await music({ title: 'Theirs' }))).id : 'f'.repeat(32);

		const response = await patch(artist, [
			{ id: mine.id, description: { title: 'Written' } },
			{ id: other, description: { title: 'Written' } }
		]);

		expect(response.status).toBe(404);
		expect(await codeOf(response)).toBe('not_found');
		expect((await track(artist, mine.trackId)).title).toBe('Mine');
		expect(await artist.upload(mine.id)).not.toHaveProperty('description');
	});

	test('the owner describes nobody else’s music', async () => {
		const { id } = await add(artist, await music());

		expect((await patch(owner, [{ id, description: { title: 'Mine now' } }])).status).toBe(404);
	});

	test.each([
		['nobody', () => portal.visitor, 401],
		['a listener', () => listener, 403]
	])('%s describes and publishes nothing', async (_who, client, status) => {
		const { id } = await add(artist, await music());

		expect((await patch(client(), [{ id, description: {} }])).status).toBe(status);
		expect((await publish(client(), [id])).status).toBe(status);
	});

	test.each([
		['201 files', { uploads: Array(201).fill({ id: 'a', description: {} }) }],
		['no files', { uploads: [] }],
		['a title without end', { uploads: [{ id: 'a', description: { title: 'a'.repeat(501) } }] }],
		['half a track', { uploads: [{ id: 'a', description: { trackNumber: 1.5 } }] }],
		['a date in words', { uploads: [{ id: 'a', description: { date: 'May' } }] }],
		['a cover that leads elsewhere', { uploads: [{ id: 'a', description: { cover: '../x' } }] }]
	])('%s is a bad request', async (_what, body) => {
		const response = await say(artist, 'PATCH', '/api/uploads', body);

		expect(response.status).toBe(400);
	});
});

describe('publishing', () => {
	test('a draft becomes public, everybody hears of it, and it becomes a draft again', async () => {
		const { id, trackId } = await add(artist, await music({ album: 'Seen', artist: 'Vis' }));
		const { streamUrl, releaseSlug } = await track(artist, trackId);
		const { seq } = await events(listener);

		expect((await publish(artist, [id])).status).toBe(204);

		expect((await track(listener, trackId)).visibility).toBe('public');
		expect(await statusOf(listener, streamUrl)).toBe(200);
		expect(await statusOf(listener, `/releases/${releaseSlug}`)).toBe(200);
		expect((await events(listener, seq)).events).toEqual([{ type: 'track_ready', trackId }]);

		await publish(artist, [id], false);

		expect(await statusOf(listener, `/api/tracks/${trackId}`)).toBe(404);
		expect(await statusOf(listener, streamUrl)).toBe(404);
		expect(await statusOf(listener, `/releases/${releaseSlug}`)).toBe(404);
		expect((await track(artist, trackId)).visibility).toBe('draft');
	});

	test('what is public already is not announced again', async () => {
		const { id } = await add(artist, await music(), { publish: true });
		const { seq } = await events(listener);

		await publish(artist, [id]);

		expect((await events(listener, seq)).events).toEqual([]);
	});

	test('a file that is published on its way is public when it plays, whatever is registered', async () => {
		const bytes = await music();
		const file = { key: 'published', name: 'published.mp3', size: bytes.length };
		const url = await artist.accepted(file, { publish: false });

		await publish(artist, [url.slice(7)]);
		await artist.register([file], { publish: false });
		await artist.patch(url, 0, bytes);

		const { trackId = '' } = await artist.outcome(url.slice(7));
		expect((await track(listener, trackId)).visibility).toBe('public');
	});

	test('what was said about publishing a file that failed is meant for its next try', async () => {
		const bytes = await music();
		const file = { key: 'next-try', name: 'next.mp3', size: bytes.length };
		const first = await artist.accepted(file, { publish: true });
		await publish(artist, [first.slice(7)], false);
		await artist.tus('DELETE', first);

		const second = await artist.accepted(file, { publish: true });
		await artist.patch(second, 0, bytes);

		const { trackId = '' } = await artist.outcome(second.slice(7));
		expect((await track(artist, trackId)).visibility).toBe('draft');
	});

	test('what is described as a draft stays one when all is published, until it is not', async () => {
		const described = { description: { visibility: 'draft' } } as const;
		const here = await add(artist, await music(), described);
		const { trackId: late } = await add(artist, await music(), { ...described, publish: true });

		await publish(artist, [here.id]);

		expect((await track(artist, here.trackId)).visibility).toBe('draft');
		expect((await track(artist, late)).visibility).toBe('draft');
		const { seq } = await events(listener);
		await tell(artist, { [here.id]: { visibility: 'public' } });
		expect((await track(listener, here.trackId)).visibility).toBe('public');
		expect((await events(listener, seq)).events).toEqual([
			{ type: 'track_ready', trackId: here.trackId }
		]);
		await tell(artist, { [here.id]: { visibility: 'draft' } });
		expect(await statusOf(listener, `/api/tracks/${here.trackId}`)).toBe(404);
	});

	test('to be described as public publishes nothing', async () => {
		const { id, trackId } = await add(artist, await music());

		await tell(artist, { [id]: { visibility: 'public' } });

		expect((await track(artist, trackId)).visibility).toBe('draft');
	});

	test('with another’s upload among them nothing is published', async () => {
		const mine = await add(artist, await music());
		const theirs = await add(owner, await music());

		const response = await publish(artist, [mine.id, theirs.id]);

		expect(response.status).toBe(404);
		expect((await track(artist, mine.trackId)).visibility).toBe('draft');
	});

	test('201 files are a bad request', async () => {
		expect((await publish(artist, Array(201).fill('a'))).status).toBe(400);
	});
});

test('what plays for its artist alone is listed, but for what was kept back', async () => {
	const drafts = async (client: Client) =>
		((await (await client.fetch('/api/uploads/drafts')).json()) as { ids: string[] }).ids;
	const mine = await join('artist', 'lister');
	const older = await add(mine, await music());
	const kept = await add(mine, await music(), { description: { visibility: 'draft' } });
	const shown = await add(mine, await music(), { publish: true });
	const newer = await add(mine, await music());

	expect(await drafts(mine)).toEqual([newer.id, older.id]);
	expect(await drafts(artist)).not.toContain(newer.id);
	expect(await statusOf(portal.visitor, '/api/uploads/drafts')).toBe(401);

	await publish(mine, [older.id, newer.id, kept.id]);
	expect(await drafts(mine)).toEqual([]);
	await publish(mine, [shown.id], false);
	expect(await drafts(mine)).toEqual([shown.id]);
});

describe('covers', () => {
	test('a picture is stored, and the one who posted it sees it before any track has it', async () => {
		const picture = await makePicture('purple');

		const response = await postCover(artist, picture);

		expect(response.status).toBe(200);
		const stored = v.parse(StoredCover, await response.json());
		expect(stored.cover).toBe(sha256(picture));
		expect(stored.coverColor).toMatch(/^#[0-9a-f]{6}$/);
		expect(await statusOf(artist, stored.coverUrl)).toBe(200);
		expect(await statusOf(listener, stored.coverUrl)).toBe(404);
		expect(await statusOf(portal.visitor, stored.coverUrl)).toBe(404);
		expect(await (await postCover(artist, picture)).json()).toEqual(stored);
	});

	test('a described cover goes before the embedded one and the one of the folder', async () => {
		const { cover, coverUrl, coverColor } = await coverOf(artist, 'orange');
		const bytes = await music({ album: 'Painted', artist: 'Pia' }, { cover: 'green' });

		const { trackId } = await add(artist, bytes, { description: { cover } });
		const other = await add(artist, await music({ album: 'Painted', artist: 'Pia' }));
		const single = await add(artist, await music({}, { cover: 'green' }), {
			description: { cover }
		});

		for (const each of [trackId, other.trackId, single.trackId]) {
			expect(await track(artist, each)).toMatchObject({ coverUrl, coverColor });
		}
	});

	test.each(['before', 'after'])(
		'a picture above the folders of the discs is the cover of their release, sent %s them',
		async (when) => {
			const box = `Box ${when}`;
			const picture = await makePicture('salmon');
			const sendPicture = async () =>
				artist.outcome(
					await send(artist, picture, { name: 'cover.jpg', path: `${box}/cover.jpg` })
				);
			const inside = async (folder: string) =>
				add(artist, await music(), { name: '1.mp3', path: `${box}/${folder}/1.mp3` });

			if (when === 'before') await sendPicture();
			const tracks = [await inside('CD 1'), await inside('Disc 2')];
			const bonus = await inside('Demos');
			if (when === 'after') await sendPicture();

			const [one, two] = await Promise.all(tracks.map(({ trackId }) => track(artist, trackId)));
			expect(one?.coverUrl).toMatch(/^\/media\/covers\/[0-9a-f]{64}\/512\.webp$/);
			expect(two).toMatchObject({ coverUrl: one?.coverUrl, releaseSlug: one?.releaseSlug });
			expect(await track(artist, bonus.trackId)).not.toHaveProperty('coverUrl');
		}
	);

	const picture = async (path: string, color: string) => {
		const bytes = await makePicture(color);
		await artist.outcome(await send(artist, bytes, { name: path.split('/').at(-1)!, path }));
		return `/media/covers/${sha256(bytes)}/512.webp`;
	};
	const song = async (path: string) =>
		add(artist, await music(), { name: path.split('/').at(-1)!, path });

	// was: of two the release showed the first that was drawn, and later releases the last, 2026-11-22
	test('of two pictures in a folder `cover` goes before `folder`, whichever came first', async () => {
		const coverUrl = await picture('Twice/Cover.JPG', 'teal');
		await picture('Twice/folder.png', 'maroon');
		const one = await song('Twice/1.mp3');
		expect(await track(artist, one.trackId)).toMatchObject({ coverUrl });

		await picture('Again/folder.png', 'navy');
		const two = await song('Again/1.mp3');
		const better = await picture('Again/cover.jpg', 'olive');
		expect(await track(artist, two.trackId)).toMatchObject({ coverUrl: better });
	});

	// was: the second folder's cover was given up, since the picture it replaced was let go of already, 2026-11-22
	test('two folders with the same two pictures have the same cover', async () => {
		for (const folder of ['Same one', 'Same two']) {
			await picture(`${folder}/folder.png`, 'orchid');
			const { trackId } = await song(`${folder}/1.mp3`);
			const coverUrl = await picture(`${folder}/cover.jpg`, 'peru');
			expect(await track(artist, trackId)).toMatchObject({ coverUrl });
		}
	});

	test('of the pictures beside each disc the first disc’s is the cover, unless one is above them', async () => {
		const second = await picture('Discs/CD 2/cover.jpg', 'indigo');
		const { trackId } = await song('Discs/CD 2/1.mp3');
		expect(await track(artist, trackId)).toMatchObject({ coverUrl: second });
		const first = await picture('Discs/CD 1/cover.jpg', 'crimson');
		await song('Discs/CD 1/1.mp3');
		expect(await track(artist, trackId)).toMatchObject({ coverUrl: first });

		const above = await picture('Discs/folder.jpg', 'khaki');
		expect(await track(artist, trackId)).toMatchObject({ coverUrl: above });
	});

	test('what somebody chose stays, though a better picture comes to its folder', async () => {
		const { cover, coverUrl } = await coverOf(artist, 'sienna');
		await picture('Chosen/folder.jpg', 'sienna');
		const { trackId } = await add(artist, await music(), {
			...{ name: '1.mp3', path: 'Chosen/1.mp3', description: { cover } }
		});

		await picture('Chosen/cover.jpg', 'plum');

		expect(await track(artist, trackId)).toMatchObject({ coverUrl });
	});

	test('a release is repainted by what is said now, and by null it loses its cover', async () => {
		const tags = { album: 'Repainted', artist: 'Pia' };
		const one = await add(artist, await music(tags, { cover: 'green' }));
		const two = await add(artist, await music(tags));
		const { cover, coverUrl } = await coverOf(artist, 'pink');

		await tell(artist, { [one.id]: { cover }, [two.id]: { cover } });
		expect((await track(artist, one.trackId)).coverUrl).toBe(coverUrl);
		expect((await track(artist, two.trackId)).coverUrl).toBe(coverUrl);

		await tell(artist, { [one.id]: { cover: null }, [two.id]: { cover: null } });
		expect(await track(artist, one.trackId)).not.toHaveProperty('coverUrl');
		expect(await track(artist, two.trackId)).not.toHaveProperty('coverUrl');
	});

	test('a file without its cover gives its release none', async () => {
		const bytes = await music({ album: 'Plain', artist: 'Pia' }, { cover: 'green' });

		const { trackId } = await add(artist, bytes, { description: { cover: null } });

		expect(await track(artist, trackId)).not.toHaveProperty('coverUrl');
	});

	test('a cover that nobody posted, or another, is as if nothing was said', async () => {
		const foreign = await coverOf(owner, 'black');
		const bytes = await music({ album: 'Embedded', artist: 'Pia' }, { cover: 'green' });
		const { id, trackId } = await add(artist, bytes, { description: { cover: 'e'.repeat(64) } });
		const { coverUrl } = await track(artist, trackId);
		expect(coverUrl).toMatch(/^\/media\/covers\//);

		await tell(artist, { [id]: { cover: foreign.cover } });

		expect((await track(artist, trackId)).coverUrl).toBe(coverUrl);
		expect(await statusOf(artist, foreign.coverUrl)).toBe(404);
	});

	test.each([
		['text', 'just words, no picture at all', 422, 'not_a_picture'],
		['nothing', '', 422, 'not_a_picture'],
		[
			'a drawing that opens files',
			'<svg xmlns="http://www.w3.org/2000/svg"/>',
			422,
			'not_a_picture'
		],
		['20 MiB and a byte', new Uint8Array(20 * 1024 * 1024 + 1), 413, 'too_large']
	])('%s is refused', async (_what, body, status, code) => {
		const response = await postCover(artist, body);

		expect(response.status).toBe(status);
		expect(await codeOf(response)).toBe(code);
	});

	test('a body that does not say its size is read no further than 20 MiB', async () => {
		const piece = new Uint8Array(1024 * 1024);
		let sent = 0;
		const body = new ReadableStream({
			pull(controller) {
				if (++sent > 24) controller.close();
				else controller.enqueue(piece);
			}
		});

		const response = await artist.fetch('/api/covers', {
			method: 'POST',
			headers: { 'Content-Type': 'image/png' },
			body,
			duplex: 'half'
		} as RequestInit);

		expect(response.status).toBe(413);
	});

	test.each([
		['nobody', () => postCover(portal.visitor, 'x'), 401, 'unauthorized'],
		['a listener', () => postCover(listener, 'x'), 403, 'forbidden'],
		[
			'another site',
			() => postCover(artist, 'x', { Origin: 'https://elsewhere.test' }),
			403,
			'foreign_origin'
		],
		['a form', () => postCover(artist, 'x', { 'Content-Type': 'text/plain' }), 415, 'wrong_type'],
		['a look', () => artist.fetch('/api/covers'), 405, 'method_not_allowed']
	])('%s posts no cover', async (_who, ask, status, code) => {
		const response = await ask();

		expect(response.status).toBe(status);
		expect(await codeOf(response)).toBe(code);
	});

	test('pictures of one person that come together are all stored', async () => {
		const pictures = await Promise.all(['#010203', '#102030', '#203040'].map(makePicture));

		const answers = await Promise.all(pictures.map((picture) => postCover(artist, picture)));

		expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
	});
});

describe('duplicates before bytes', () => {
	const announce = async (client: Client, file: NewUpload) => (await client.register([file]))[0];
	const partials = () => readdir(path.join(portal.dataDir, 'storage/partials'));

	test('a name and a size that are here already may be a duplicate, for their artist alone', async () => {
		const bytes = await music();
		await add(artist, bytes, { name: 'known.mp3' });
		const file = { key: 'maybe', name: 'dropped/known.mp3', size: bytes.length };

		const first = await announce(artist, file);

		expect(first).toMatchObject({ outcome: 'accepted', mayBeDuplicate: true });
		expect(await announce(artist, file)).toEqual(first);
		expect(await announce(owner, file)).not.toHaveProperty('mayBeDuplicate');
		expect(await announce(artist, { ...file, key: 'size', size: 9 })).not.toHaveProperty(
			'mayBeDuplicate'
		);
	});

	test('a hash that is here ends the open upload as a duplicate', async () => {
		const bytes = await music();
		const { trackId } = await add(artist, bytes, { name: 'twice.mp3' });
		const file = { key: 'hash', name: 'twice.mp3', size: bytes.length };
		const url = await artist.accepted(file);
		await artist.patch(url, 0, bytes.slice(0, 100));
		const { seq } = await events(artist);

		const answer = await announce(artist, { ...file, sha256: sha256(bytes) });

		const id = url.slice(7);
		expect(answer).toEqual({ key: 'hash', outcome: 'duplicate', trackId });
		expect(await announce(artist, file)).toEqual(answer);
		expect(await artist.upload(id)).toMatchObject({ state: 'duplicate', trackId });
		expect((await events(artist, seq)).events).toEqual([
			{ type: 'upload_changed', uploadId: id, state: 'duplicate', trackId }
		]);
		expect(await partials()).not.toContain(id);
	});

	test('bytes that are under way meanwhile are ended and make nothing', async () => {
		const bytes = await wav(1);
		const { trackId } = await add(artist, bytes, { name: 'moving.wav' });
		const file = { key: 'moving', name: 'moving.wav', size: bytes.length };
		const url = await artist.accepted(file);
		const half = new ReadableStream({
			// The other half never comes.
			start: (controller) => controller.enqueue(bytes.slice(0, bytes.length / 2))
		});
		const sending = artist
			.tus('PATCH', url, {
				body: half,
				duplex: 'half',
				headers: { 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' }
			} as RequestInit)
			.catch((error: unknown) => error);
		await retryUntil(
			async () => (await artist.upload(url.slice(7))).offset,
			(offset) => offset > 0
		);

		const answer = await announce(artist, { ...file, sha256: sha256(bytes) });
		await sending;

		expect(answer).toMatchObject({ outcome: 'duplicate', trackId });
		expect((await artist.upload(url.slice(7))).state).toBe('duplicate');
		expect(await partials()).not.toContain(url.slice(7));
		expect(await artist.offset(url)).toBe(bytes.length);
	});

	test('a hash that nobody has is remembered, and the bytes must come to it', async () => {
		const bytes = await music();
		await add(artist, bytes, { name: 'other.mp3' });
		const liar = bytes.slice();
		liar[liar.length - 1] = (liar.at(-1) ?? 0) ^ 1;
		const file = { key: 'liar', name: 'other.mp3', size: bytes.length };
		const url = await artist.accepted(file);

		const answer = await announce(artist, { ...file, sha256: 'd'.repeat(64) });

		expect(answer).toEqual({ key: 'liar', outcome: 'accepted', id: url.slice(7), url });
		expect(await announce(artist, file)).toEqual(answer);
		await artist.patch(url, 0, liar);
		expect(await artist.outcome(url.slice(7))).toMatchObject({ state: 'failed', code: 'checksum' });
	});

	test('asked five times at once, all answers are the same', async () => {
		const bytes = await music();
		await add(artist, bytes, { name: 'five.mp3' });
		const file = { key: 'five', name: 'five.mp3', size: bytes.length };
		await artist.accepted(file);

		const answers = await Promise.all(
			Array.from({ length: 5 }, () => announce(artist, { ...file, sha256: sha256(bytes) }))
		);

		for (const answer of answers) expect(answer).toEqual(answers[0]);
		expect(answers[0]).toMatchObject({ outcome: 'duplicate' });
	});
});

test('a draft is listed for its artist with all that an editor shows', async () => {
	const { id, trackId } = await add(artist, await music({ title: 'Listed Draft', genre: 'Dub' }));

	const { tracks } = (await (
		await artist.fetch('/api/tracks?q=Listed%20Draft')
	).json()) as TrackPage;

	expect(tracks).toEqual([
		expect.objectContaining({ id: trackId, uploadId: id, genre: 'Dub', visibility: 'draft' })
	]);
});
