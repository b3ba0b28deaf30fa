import { access } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BinPage, Deleted } from '#contracts/bin';
import type { LiveMessage } from '#contracts/live';
import type { Track, TrackPage } from '#contracts/track';
import { makeMusic } from '../support/music.ts';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';
import { retryUntil } from '../support/until.ts';

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;
let artist: Client;
let other: Client;

const PASSWORD = 'a-long-enough-one';

const form = (client: Client, path: string, fields: Record<string, string>) =>
	client.fetch(path, {
		method: 'POST',
		redirect: 'manual',
		headers: { Accept: 'text/html', Origin: portal.origin, 'X-Forwarded-Proto': 'http' },
		body: new URLSearchParams(fields)
	});

/** Somebody who came by an invitation. */
async function joined(name: string, role: string): Promise<Client> {
	const made = await form(owner, '/admin/people?/invite', { role });
	const path = /\/join\?token=[\w-]+/.exec(await made.text())?.[0] ?? '';
	const email = `${name.toLowerCase()}@portal.test`;
	await form(portal.visitor, path, { name, email, password: PASSWORD });
	return portal.signIn({ email, password: PASSWORD });
}

beforeAll(async () => {
	({ portal, close } = await startPortal({ JOBS_CONCURRENCY: '2' }));
	owner = await portal.signIn();
	[artist, other] = [await joined('Ada', 'artist'), await joined('Bo', 'artist')];
});
afterAll(() => close());

let hertz = 300;
const song = (title: string, more: Record<string, string> = {}, cover?: string) =>
	makeMusic({
		...{ format: 'mp3', seconds: 1, hertz: (hertz += 23) },
		tags: { title, artist: 'Ada', ...more },
		...(cover && { cover })
	});

async function added(client: Client, name: string, bytes: Uint8Array<ArrayBuffer>, options = {}) {
	const { trackId } = await client.outcome(await client.send(name, bytes, options));
	return (await (await client.fetch(`/api/tracks/${trackId}`)).json()) as Track;
}

const json = async <T>(response: Promise<Response>) => (await (await response).json()) as T;
const statuses = (client: Client, paths: readonly string[]) =>
	Promise.all(paths.map(async (each) => (await client.fetch(each)).status));
const titles = async (client: Client) =>
	(await json<TrackPage>(client.fetch('/api/tracks?limit=200'))).tracks.map(({ title }) => title);
const bin = (client: Client) => json<BinPage>(client.fetch('/api/studio/bin'));
const isStored = (relative: string) =>
	access(path.join(portal.dataDir, 'storage', relative)).then(
		() => true,
		() => false
	);
const originalPath = ({ originalSha256: hash = '' }: Track) =>
	`originals/${hash.slice(0, 2)}/${hash}`;
const pathsOf = (track: Track) => [
	`/api/tracks/${track.id}`,
	`/tracks/${track.slug}`,
	track.streamUrl!,
	`/media/tracks/${track.id}/original`,
	...(track.coverUrl ? [track.coverUrl] : [])
];

test('whoever comes by an invitation that is over, or by none, may sign in and is told whom to ask', async () => {
	const made = await form(owner, '/admin/people?/invite', { role: 'listener' });
	const path = /\/join\?token=[\w-]+/.exec(await made.text())?.[0] ?? '';
	const person = { name: 'Di', email: 'di@portal.test', password: PASSWORD };
	await form(portal.visitor, path, person);
	const said = async (at: string) => (await portal.visitor.fetch(at)).text();

	const [used, none] = [await said(path), await said('/join')];

	expect(used).toContain('This invitation is over');
	expect(used).toMatch(/<main.*href="[^"]*\/signin"/s);
	expect(none).toContain('Ask whoever runs this portal for one.');
	expect(none).not.toContain('This invitation is over');
});

test('an invitation that nobody used is withdrawn, also with the owner who made it', async () => {
	const page = async () => (await owner.fetch('/admin/people')).text();
	const idsIn = (html: string) =>
		[...html.matchAll(/name="id" value="(\w+)"/g)].map(([, id]) => id);
	const isOver = async (link: string) =>
		(await (await portal.visitor.fetch(link)).text()).includes('This invitation is over');
	const invited = async (by: Client, role: string) => {
		const made = await form(by, '/admin/people?/invite', { role });
		return /\/join\?token=[\w-]+/.exec(await made.text())?.[0] ?? '';
	};
	const second = await joined('Eve', 'owner');
	const mine = await invited(owner, 'artist');
	const [id] = idsIn(await page());
	const theirs = await invited(second, 'owner');
	expect(idsIn(await page())).toHaveLength(2);

	expect((await form(artist, '/admin/people?/withdraw', { id: id ?? '' })).status).toBe(403);
	expect(await isOver(mine)).toBe(false);
	const withdrawn = await form(owner, '/admin/people?/withdraw', { id: id ?? '' });
	expect(await withdrawn.text()).toContain('Withdrawn');
	expect(await isOver(mine)).toBe(true);
	expect((await form(owner, '/admin/people?/withdraw', { id: id ?? '' })).status).toBe(404);

	const eve = /admin\/people\/([0-9a-f]{32})[^>]*>Eve</.exec(await page())?.[1];
	await form(owner, `/admin/people/${eve}?/role`, { role: 'listener' });
	expect(await isOver(theirs)).toBe(true);
	expect(idsIn(await page())).toEqual([]);
});

test('what is deleted is gone for everybody at once, and comes back as it was', async () => {
	const track = await added(artist, 'a.mp3', await song('Harbour', {}, 'teal'));
	expect(await statuses(portal.visitor, pathsOf(track))).toEqual([200, 200, 200, 404, 200]);
	const { seq } = await json<LiveMessage>(other.fetch('/api/live'));

	const deleted = await artist.post('/api/studio/bin', { tracks: [track.id] });
	expect(deleted.status).toBe(201);
	const { id } = (await deleted.json()) as Deleted;

	for (const client of [portal.visitor, other, artist, owner]) {
		expect(await statuses(client, pathsOf(track))).toEqual([404, 404, 404, 404, 404]);
		expect(await titles(client)).not.toContain('Harbour');
	}
	const { events } = await json<LiveMessage>(other.fetch(`/api/live?since=${seq}`));
	expect(events).toContainEqual({ type: 'tracks_gone', trackIds: [track.id] });
	expect((await bin(artist)).entries).toMatchObject([
		{ id, name: 'Harbour', isRelease: false, tracks: 1, daysLeft: 30 }
	]);

	// It is nobody else's to look at, to put back or to erase.
	expect((await bin(other)).entries).toEqual([]);
	expect((await other.post(`/api/studio/bin/${id}/restore`, {})).status).toBe(404);
	expect((await other.fetch(`/api/studio/bin/${id}`, { method: 'DELETE' })).status).toBe(404);
	expect((await portal.visitor.post(`/api/studio/bin/${id}/restore`, {})).status).toBe(401);

	expect(await json(artist.post(`/api/studio/bin/${id}/restore`, {}))).toEqual({ tracks: 1 });
	expect(await json<Track>(artist.fetch(`/api/tracks/${track.id}`))).toMatchObject({
		...{ slug: track.slug, createdAt: track.createdAt, visibility: 'public' }
	});
	expect(await statuses(portal.visitor, pathsOf(track))).toEqual([200, 200, 200, 404, 200]);
	expect((await bin(artist)).entries).toEqual([]);
});

test('music of somebody else is not deleted, nor said to be there', async () => {
	const track = await added(artist, 'b.mp3', await song('Not yours'), { publish: false });

	for (const ids of [[track.id], ['0'.repeat(32)]]) {
		expect((await other.post('/api/studio/bin', { tracks: ids })).status).toBe(404);
	}
	expect((await other.fetch(`/api/tracks/${track.id}`, { method: 'DELETE' })).status).toBe(404);
	expect((await portal.visitor.post('/api/studio/bin', { tracks: [track.id] })).status).toBe(401);
	expect((await artist.post('/api/studio/bin', { tracks: [] })).status).toBe(400);
	expect((await artist.fetch(`/api/tracks/${track.id}`)).status).toBe(200);
});

test('a release goes and comes as a whole, under its old address', async () => {
	const album = { album: 'Coast', album_artist: 'Ada' };
	const first = await added(artist, '1.mp3', await song('One', { ...album, track: '1' }, 'navy'));
	await added(artist, '2.mp3', await song('Two', { ...album, track: '2' }));
	const page = `/releases/${first.releaseSlug}`;
	const [shown] = (await json<TrackPage>(artist.fetch('/api/tracks?q=Coast'))).tracks;
	const { id: release } = await releaseOf(page);

	const { id, tracks } = await json<Deleted>(artist.post('/api/studio/bin', { release }));
	expect(tracks).toBe(2);
	expect(await statuses(portal.visitor, [page, shown!.coverUrl!])).toEqual([404, 404]);
	expect((await bin(artist)).entries[0]).toMatchObject({
		name: 'Coast',
		isRelease: true,
		tracks: 2
	});
	expect((await artist.post('/api/studio/bin', { release })).status).toBe(404);

	await artist.post(`/api/studio/bin/${id}/restore`, {});
	expect(await statuses(portal.visitor, [page, shown!.coverUrl!])).toEqual([200, 200]);
});

async function releaseOf(page: string): Promise<{ id: string }> {
	// What the page itself was given, as Kit hands it over.
	const text = await (await portal.visitor.fetch(`${page}/__data.json`)).text();
	return { id: /"([0-9a-f]{32})"/.exec(text)?.[1] ?? '' };
}

test('the same file brings its track back from the bin, with what was said of it', async () => {
	const bytes = await song('Tags say');
	const sent = await artist.send('c.mp3', bytes, { key: 'the-key' });
	const { trackId = '' } = await artist.outcome(sent);
	const description = { title: 'I say' };
	await artist.fetch('/api/uploads', {
		method: 'PATCH',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ uploads: [{ id: sent, description }] })
	});
	const gone = () => artist.post('/api/studio/bin', { tracks: [trackId] });
	const track = () => json<Track>(artist.fetch(`/api/tracks/${trackId}`));

	// By the bytes, which the server knows when they are here.
	await gone();
	const again = await artist.outcome(await artist.send('other name.mp3', bytes));
	expect(again).toMatchObject({ state: 'duplicate', trackId });
	expect(await track()).toMatchObject({ title: 'I say', visibility: 'public' });

	// By its hash, before a byte is sent.
	await gone();
	const { originalSha256: sha256 } = await (async () => {
		const hash = await crypto.subtle.digest('SHA-256', bytes);
		return { originalSha256: Buffer.from(hash).toString('hex') };
	})();
	const { seq } = await json<LiveMessage>(artist.fetch('/api/live'));
	const [known] = await artist.register([
		{ key: 'new', name: 'c.mp3', size: bytes.length, sha256 }
	]);
	expect(known).toMatchObject({ outcome: 'duplicate', trackId });
	expect((await track()).title).toBe('I say');
	const { events } = await json<LiveMessage>(artist.fetch(`/api/live?since=${seq}`));
	expect(events).toContainEqual({ type: 'tracks_back', trackIds: [trackId], byUpload: true });

	// By the key that it was sent under.
	await gone();
	await artist.register([{ key: 'the-key', name: 'c.mp3', size: bytes.length }]);
	expect((await track()).title).toBe('I say');
});

test('what is erased leaves nothing, but for what somebody else has', async () => {
	const bytes = await song('Shared', {}, 'maroon');
	const mine = await added(artist, 'd.mp3', bytes, { key: 'mine' });
	const theirs = await added(other, 'd.mp3', bytes);
	const cover = mine
		.coverUrl!.replace('/media/covers/', '')
		.replace(/^(..)([^/]*)\/(.*)$/, 'covers/$1/$1$2-$3');
	expect(theirs.originalSha256).toBe(mine.originalSha256);
	expect(await isStored(cover)).toBe(true);

	const one = await json<Deleted>(artist.post('/api/studio/bin', { tracks: [mine.id] }));
	expect((await artist.fetch(`/api/studio/bin/${one.id}`, { method: 'DELETE' })).status).toBe(204);
	expect((await artist.post(`/api/studio/bin/${one.id}/restore`, {})).status).toBe(404);
	await json<Deleted>(other.post('/api/studio/bin', { tracks: [theirs.id] }));
	expect(await isStored(originalPath(mine))).toBe(true);
	// Sent again under the same key it is new music, and not what the server remembers.
	const again = await added(artist, 'd.mp3', bytes, { key: 'mine' });
	expect(again.id).not.toBe(mine.id);
	await artist.post('/api/studio/bin', { tracks: [again.id] });

	for (const client of [artist, other]) {
		expect((await client.fetch('/api/studio/bin', { method: 'DELETE' })).status).toBe(204);
		expect((await bin(client)).entries).toEqual([]);
	}
	await retryUntil(
		() => isStored(originalPath(mine)),
		(is) => !is
	);
	await retryUntil(
		() => isStored(cover),
		(is) => !is
	);
});

test('another file takes the place of a track’s original, and nothing else changes', async () => {
	const before = await added(artist, 'Old.mp3', await song('Kept title'), {
		path: 'Folder/Old.mp3'
	});
	const bytes = await makeMusic({
		...{ format: 'flac', seconds: 2, hertz: (hertz += 23) },
		tags: { title: 'Of the new file', album: 'Another' }
	});
	const replacing = { key: 'r', name: 'New.flac', size: bytes.length, replaces: before.id };

	const refused = await other.post('/api/uploads', { files: [replacing] });
	expect(refused.status).toBe(404);
	const url = await artist.accepted(replacing);
	expect((await artist.patch(url, 0, bytes)).status).toBe(204);
	const outcome = await artist.outcome(url.slice('/files/'.length));

	expect(outcome).toMatchObject({ state: 'ready', trackId: before.id });
	const after = await json<Track>(artist.fetch(`/api/tracks/${before.id}`));
	expect(after).toMatchObject({
		...{ title: 'Kept title', slug: before.slug, releaseSlug: before.releaseSlug },
		...{ format: 'FLAC', originalName: 'New.flac', originalSize: bytes.length },
		visibility: 'public'
	});
	expect(after.originalSha256).not.toBe(before.originalSha256);
});

test('what is in the bin takes space until it is erased', async () => {
	const size = (await song('Room')).length;
	const { portal: small, close: closeSmall } = await startPortal({
		UPLOAD_QUOTA_BYTES: String(Math.round(size * 1.5))
	});
	try {
		const client = await small.signIn();
		const { trackId } = await client.outcome(await client.send('a.mp3', await song('Room')));
		const ask = async () => {
			const [answer] = await client.register([{ key: 'b', name: 'b.mp3', size }]);
			return answer;
		};
		await client.post('/api/studio/bin', { tracks: [trackId] });
		expect(await ask()).toMatchObject({ outcome: 'refused', code: 'quota_exceeded' });

		await client.fetch('/api/studio/bin', { method: 'DELETE' });
		expect(await ask()).toMatchObject({ outcome: 'accepted' });
	} finally {
		await closeSmall();
	}
});

test('a report reaches the owner, and what is taken down stays so until the owner says otherwise', async () => {
	const bytes = await song('Borrowed');
	const track = await added(artist, 'e.mp3', bytes);
	const hidden = await added(artist, 'f.mp3', await song('Mine alone'), { publish: false });
	const report = { kind: 'track', id: track.id, reason: 'copyright', text: 'It is mine.' };

	expect((await portal.visitor.post('/api/reports', report)).status).toBe(204);
	expect((await other.post('/api/reports', report)).status).toBe(204);
	expect((await other.post('/api/reports', report)).status).toBe(204);
	for (const id of [hidden.id, '0'.repeat(32)]) {
		expect((await other.post('/api/reports', { ...report, id })).status).toBe(404);
	}
	expect((await other.post('/api/reports', { ...report, reason: 'bored' })).status).toBe(400);
	const inbox = await (await owner.fetch('/admin/reports')).text();
	expect(inbox.match(/<blockquote[^>]*>It is mine\./g)).toHaveLength(2);
	expect((await artist.fetch('/admin/reports')).status).toBe(403);

	const down = { kind: 'track', id: track.id, reason: 'Bo wrote it' };
	expect((await form(artist, '/admin/reports?/takedown', down)).status).toBe(403);
	expect((await form(owner, '/admin/reports?/takedown', down)).status).toBe(200);
	expect(await statuses(portal.visitor, pathsOf(track))).toEqual([404, 404, 404, 404]);
	expect(await titles(other)).not.toContain('Borrowed');
	const seen = await json<Track>(artist.fetch(`/api/tracks/${track.id}`));
	expect(seen).toMatchObject({ takenDown: 'Bo wrote it', state: 'ready', visibility: 'public' });
	expect((await artist.fetch(track.streamUrl!)).status).toBe(200);
	expect(await (await owner.fetch('/admin/reports')).text()).not.toContain('It is mine.');

	// Its artist publishes it, deletes it, and sends it again: nobody hears it.
	await artist.post('/api/uploads/publish', { ids: [track.uploadId], publish: true });
	expect(await statuses(portal.visitor, pathsOf(track))).toEqual([404, 404, 404, 404]);
	const { id } = await json<Deleted>(artist.post('/api/studio/bin', { tracks: [track.id] }));
	await artist.post(`/api/studio/bin/${id}/restore`, {});
	expect((await portal.visitor.fetch(track.streamUrl!)).status).toBe(404);
	await artist.post('/api/studio/bin', { tracks: [track.id] });
	await artist.fetch('/api/studio/bin', { method: 'DELETE' });
	const again = await added(artist, 'e.mp3', bytes);
	expect(again).toMatchObject({ takenDown: 'Bo wrote it' });
	expect((await portal.visitor.fetch(again.streamUrl!)).status).toBe(404);

	await form(owner, '/admin/reports?/putup', { kind: 'track', id: again.id });
	expect((await portal.visitor.fetch(again.streamUrl!)).status).toBe(200);
});

test('nobody hears of what they may not open: not when it goes, not when it comes back', async () => {
	const on = (name: string, options = {}) =>
		song(name, { album: 'Mixed', album_artist: 'Ada' }).then((bytes) =>
			added(artist, `${name}.mp3`, bytes, options)
		);
	const said = async (uploadId: string | undefined, description: object) => {
		const body = JSON.stringify({ uploads: [{ id: uploadId, description }] });
		const headers = { 'Content-Type': 'application/json' };
		const { status } = await artist.fetch('/api/uploads', { method: 'PATCH', headers, body });
		expect(status).toBe(204);
	};
	const open = await on('Open');
	const unlisted = await on('Linked', { publish: false });
	await said(unlisted.uploadId, { visibility: 'unlisted' });
	await artist.post('/api/uploads/publish', { ids: [unlisted.uploadId], publish: true });
	const draft = await on('Draft', { publish: false });
	expect((await other.fetch(`/api/tracks/${unlisted.id}`)).status).toBe(200);
	const { seq } = await json<LiveMessage>(other.fetch('/api/live'));
	const heardBy = async (client: Client) =>
		(await json<LiveMessage>(client.fetch(`/api/live?since=${seq}`))).events;

	await form(owner, '/admin/reports?/takedown', { kind: 'track', id: open.id, reason: 'x' });
	for (const id of [unlisted.id, draft.id]) {
		await form(owner, '/admin/reports?/takedown', { kind: 'track', id, reason: 'x' });
		await form(owner, '/admin/reports?/putup', { kind: 'track', id });
		const { id: entry } = await json<Deleted>(artist.post('/api/studio/bin', { tracks: [id] }));
		await artist.post(`/api/studio/bin/${entry}/restore`, {});
	}
	await form(owner, '/admin/reports?/putup', { kind: 'track', id: open.id });
	await artist.post('/api/uploads/publish', { ids: [open.uploadId], publish: false });

	expect(await heardBy(other)).toEqual([
		{ type: 'tracks_gone', trackIds: [open.id] },
		{ type: 'tracks_back', trackIds: [open.id] },
		{ type: 'tracks_gone', trackIds: [open.id] }
	]);
	const mine = (await heardBy(artist)).filter((event) => 'trackIds' in event);
	for (const { id } of [unlisted, draft]) {
		expect(mine.filter(({ trackIds }) => trackIds.includes(id))).toHaveLength(4);
	}
});

test('an invitation leads on to adding music, and says so to whoever has an account', async () => {
	const made = await form(owner, '/admin/people?/invite', { role: 'artist' });
	const path = /\/join\?token=[\w-]+/.exec(await made.text())?.[0] ?? '';
	const fields = { name: 'Cy', email: 'cy@portal.test', password: PASSWORD };
	const joined = await form(portal.visitor, path, fields);
	expect(joined.headers.get('location')).toBe('/upload');

	const used = await (await artist.fetch(path)).text();
	expect(used).toContain('This invitation is over');
	expect(used.replace(/<!--.*?-->/gs, '')).toContain('You are signed in as Ada');
});

test('reports of one address are taken a few at a time', async () => {
	const report = { kind: 'track', id: '0'.repeat(32), reason: 'spam' };
	const peer = { 'Content-Type': 'application/json', 'X-Segue-Peer': '192.0.2.7:4000' };
	const send = () =>
		portal.visitor.fetch('/api/reports', {
			...{ method: 'POST', headers: peer, body: JSON.stringify(report) }
		});
	const tries: number[] = [];
	for (let at = 0; at < 11; at += 1) tries.push((await send()).status);

	expect(tries).toEqual([...Array<number>(10).fill(404), 429]);
});

test('who is removed is out at once, with their music or without, and may be let back', async () => {
	const cara = await joined('Cara', 'artist');
	const track = await added(cara, 'g.mp3', await song('Leaving'));
	const page = await (await owner.fetch('/admin/people')).text();
	const id = /\/admin\/people\/([0-9a-f]{32})[^>]*>Cara</.exec(page)?.[1];
	const member = `/admin/people/${id}`;
	const hears = async () => (await portal.visitor.fetch(track.streamUrl!)).status;

	expect((await form(artist, `${member}?/remove`, { music: 'bin' })).status).toBe(403);
	await form(owner, `${member}?/remove`, { music: 'stays' });
	expect((await cara.fetch('/api/uploads')).status).toBe(401);
	await expect(portal.signIn({ email: 'cara@portal.test', password: PASSWORD })).rejects.toThrow(
		'401'
	);
	expect(await hears()).toBe(200);

	await form(owner, `${member}?/back`, {});
	await form(owner, `${member}?/remove`, { music: 'bin' });
	expect(await hears()).toBe(404);

	await form(owner, `${member}?/back`, {});
	expect(await hears()).toBe(200);
	const back = await portal.signIn({ email: 'cara@portal.test', password: PASSWORD });
	expect((await back.fetch(`/api/tracks/${track.id}`)).status).toBe(200);
});

test('the last owner stays one, and space is given person by person', async () => {
	const page = await (await owner.fetch('/admin/people')).text();
	const idOf = (name: string) =>
		new RegExp(`/admin/people/([0-9a-f]{32})[^>]*>${name}<`).exec(page)?.[1];
	const me = `/admin/people/${idOf('owner')}`;

	for (const [act, fields] of [
		['role', { role: 'artist' }],
		['remove', { music: 'stays' }]
	] as const) {
		const refused = await form(owner, `${me}?/${act}`, fields);
		expect(refused.status).toBe(409);
		expect(await refused.text()).toContain('This is the only owner.');
	}
	expect((await owner.fetch('/admin')).status).toBe(200);

	const bo = `/admin/people/${idOf('Bo')}`;
	await form(owner, `${bo}?/quota`, { quota: '0' });
	const [full] = await other.register([{ key: 'q', name: 'q.mp3', size: 1000 }]);
	expect(full).toMatchObject({ outcome: 'refused', code: 'quota_exceeded' });
	await form(owner, `${bo}?/quota`, { quota: '' });
	await form(owner, `${bo}?/role`, { role: 'listener' });
	expect(
		(await other.post('/api/uploads', { files: [{ key: 'q', name: 'q.mp3', size: 1000 }] })).status
	).toBe(403);
	expect((await form(owner, `${bo}?/quota`, { quota: 'much' })).status).toBe(400);
});
