import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HistoryPage } from '#contracts/play';
import type { PlaylistList, PlaylistPage } from '#contracts/playlist';
import type { Track } from '#contracts/track';
import { makeMusic } from '../support/music.ts';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';
import { runSegue } from '../support/segue.ts';

const UNKNOWN = '0'.repeat(32);

let portal: TestPortal;
let close: () => Promise<void>;
let artist: Client;
/** Two listeners, each by a token. */
let fan: Client;
let guest: Client;
let songs: Track[];
let draft: Track;

beforeAll(async () => {
	({ portal, close } = await startPortal());
	artist = await portal.signIn();
	[fan, guest] = [await listener('fan@portal.test'), await listener('guest@portal.test')];
	[songs, draft] = [[await song(1), await song(2), await song(3)], await song(4, false)];
});
afterAll(() => close());

async function listener(email: string): Promise<Client> {
	const env = { DATA_DIR: portal.dataDir };
	await runSegue(['user', 'add', '--email', email, '--role', 'listener'], env);
	const token = await runSegue(['token', 'create', '--email', email], env);
	const client = portal.visitor;
	client.headers['Authorization'] = `Bearer ${token.trim()}`;
	return client;
}

async function song(at: number, publish = true): Promise<Track> {
	const title = `Song ${at}`;
	const tags = { title, artist: 'Mara' };
	const bytes = await makeMusic({ format: 'mp3', seconds: 4, hertz: 200 + 50 * at, tags });
	const { trackId } = await artist.outcome(await artist.send(`${at}.mp3`, bytes, { publish }));
	return (await (await artist.fetch(`/api/tracks/${trackId}`)).json()) as Track;
}

const put = (client: Client, path: string) => client.fetch(path, { method: 'PUT' });
const drop = (client: Client, path: string) => client.fetch(path, { method: 'DELETE' });
const patch = (client: Client, path: string, body: unknown) =>
	client.fetch(path, {
		method: 'PATCH',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify(body)
	});
const json = async <T>(response: Response | Promise<Response>) =>
	(await (await response).json()) as T;
const idsOf = (tracks: readonly Track[]) => tracks.map(({ id }) => id);

/** @returns its id, and the way to it */
async function playlist(client: Client, body: object = {}) {
	const response = await client.post('/api/playlists', { name: 'Late trains', ...body });
	expect(response.status).toBe(201);
	return json<{ id: string; slug: string; version: number }>(response);
}

test('a track is liked and let go of, as often as one says so', async () => {
	const [one, two] = songs as [Track, Track];
	for (const { id } of [one, two, two])
		expect((await put(fan, `/api/likes/${id}`)).status).toBe(204);

	expect(await json(fan.fetch(`/api/likes?ids=${one.id},${songs[2]?.id}`))).toEqual({
		liked: [one.id]
	});
	expect(idsOf((await json<{ tracks: Track[] }>(fan.fetch('/api/likes'))).tracks)).toHaveLength(2);

	for (let at = 0; at < 2; at++) expect((await drop(fan, `/api/likes/${one.id}`)).status).toBe(204);
	expect(idsOf((await json<{ tracks: Track[] }>(fan.fetch('/api/likes'))).tracks)).toEqual([
		two.id
	]);
});

test('what somebody may not see cannot be kept, and is as unknown as what is not there', async () => {
	const { id } = await playlist(fan);
	const answers = await Promise.all(
		[draft.id, UNKNOWN, 'not-an-id'].flatMap((trackId) => [
			put(fan, `/api/likes/${trackId}`),
			drop(fan, `/api/likes/${trackId}`)
		])
	);
	const added = await patch(fan, `/api/playlists/${id}`, { version: 1, add: [draft.id] });
	const played = await fan.post('/api/plays', { trackId: draft.id, seconds: 3 });

	expect([...answers, added, played].map(({ status }) => status)).toEqual(Array(8).fill(404));
	expect((await put(fan, `/api/follows/${UNKNOWN}`)).status).toBe(404);
});

test('nobody keeps anything without signing in', async () => {
	const { visitor } = portal;
	const answers = await Promise.all([
		put(visitor, `/api/likes/${songs[0]?.id}`),
		visitor.fetch('/api/likes'),
		visitor.post('/api/playlists', { name: 'Mine' }),
		visitor.fetch('/api/playlists'),
		visitor.fetch('/api/history'),
		put(visitor, `/api/follows/${UNKNOWN}`)
	]);

	expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(401));
});

test('a play counts once, and is in the history of whoever wants one', async () => {
	const trackId = songs[0]?.id;
	const play = (seconds: number) => fan.post('/api/plays', { trackId, seconds });
	for (const seconds of [1, 3, 3, 900]) expect((await play(seconds)).status).toBe(204);

	const { plays } = await json<HistoryPage>(fan.fetch('/api/history'));
	expect(plays.map(({ track }) => track.id)).toEqual([trackId]);
	expect((await portal.visitor.post('/api/plays', { trackId, seconds: 3 })).status).toBe(204);
	for (const body of [{ trackId }, { trackId, seconds: -1 }, { trackId: 7, seconds: 3 }]) {
		expect((await fan.post('/api/plays', body)).status).toBe(400);
	}

	expect((await drop(fan, '/api/history')).status).toBe(204);
	expect(await json<HistoryPage>(fan.fetch('/api/history'))).toEqual({ plays: [], next: null });
	expect((await patch(fan, '/api/history', { keeps: false })).status).toBe(204);
	await fan.post('/api/plays', { trackId: songs[1]?.id, seconds: 2 });
	expect((await json<HistoryPage>(fan.fetch('/api/history'))).plays).toEqual([]);
});

test('a change that contradicts a newer version is refused with that version, and others happen', async () => {
	const { id } = await playlist(fan);
	const way = `/api/playlists/${id}`;
	const { version, added } = await json<{ version: number; added: { itemId: string }[] }>(
		patch(fan, way, { version: 1, add: idsOf(songs) })
	);
	const [a, b, c] = added.map(({ itemId }) => itemId);
	await patch(fan, way, { version, name: 'Night trains', move: [{ itemId: a, after: c }] });

	const stale = await patch(fan, way, { version, move: [{ itemId: b, after: a }] });
	const problem = await json<{ code: string; current: PlaylistPage }>(stale);
	const later = await patch(fan, way, { version, add: [songs[0]?.id], remove: [b] });

	expect(stale.status).toBe(409);
	expect(stale.headers.get('content-type')).toBe('application/problem+json');
	expect(problem.code).toBe('playlist_changed');
	expect(problem.current).toMatchObject({ version: version + 1, name: 'Night trains' });
	expect(problem.current.items.map((item) => item.id)).toEqual([b, c, a]);
	expect(await json(later)).toMatchObject({ version: version + 2, base: version + 1 });
	const now = await json<PlaylistPage>(fan.fetch(way));
	expect(now.items.map((item) => item.id).slice(0, 2)).toEqual([c, a]);
	expect(now.items).toHaveLength(3);
});

test('private is unknown to others, unlisted and public are seen, and none is changed by them', async () => {
	const page = (slug: string) =>
		guest.fetch(`/playlists/${slug}`, { headers: { Accept: 'text/html' } });
	for (const visibility of ['private', 'unlisted', 'public']) {
		const { id, slug } = await playlist(fan, { visibility });
		const status = visibility === 'private' ? 404 : 200;
		expect((await guest.fetch(`/api/playlists/${id}`)).status).toBe(status);
		expect((await portal.visitor.fetch(`/api/playlists/${id}`)).status).toBe(status);
		expect((await page(slug)).status).toBe(status);
		expect((await patch(guest, `/api/playlists/${id}`, { version: 1, name: 'X' })).status).toBe(
			404
		);
		expect((await drop(guest, `/api/playlists/${id}`)).status).toBe(404);
	}
	expect((await guest.fetch(`/api/playlists/${UNKNOWN}`)).status).toBe(404);
});

test('an open playlist is joined, changed and left by another listener, and stays its keeper’s', async () => {
	const { id } = await playlist(fan, { visibility: 'unlisted', isOpen: true });
	const way = `/api/playlists/${id}`;
	const seen = () => json<PlaylistPage>(guest.fetch(way));
	const own = async () =>
		(await json<PlaylistList>(guest.fetch('/api/playlists'))).playlists.map((each) => each.id);
	expect(await seen()).toMatchObject({ isOwn: false, mayChange: true, hasJoined: false });
	expect((await portal.visitor.fetch(`${way}/membership`, { method: 'PUT' })).status).toBe(401);

	expect((await put(guest, `${way}/membership`)).status).toBe(204);
	const added = await patch(guest, way, { version: 1, add: [songs[0]?.id] });

	expect(added.status).toBe(200);
	expect(await seen()).toMatchObject({ hasJoined: true, itemCount: 1 });
	expect(await own()).toContain(id);
	expect((await patch(guest, way, { version: 2, name: 'Mine' })).status).toBe(403);
	expect((await drop(guest, way)).status).toBe(404);
	expect((await drop(guest, `${way}/membership`)).status).toBe(204);
	expect(await own()).not.toContain(id);

	expect((await patch(fan, way, { version: 2, visibility: 'private' })).status).toBe(200);
	expect((await guest.fetch(way)).status).toBe(404);
	expect((await put(guest, `${way}/membership`)).status).toBe(404);
});

test('a deleted playlist can be put back', async () => {
	const { id } = await playlist(fan, { visibility: 'public' });

	expect((await drop(fan, `/api/playlists/${id}`)).status).toBe(204);
	expect((await fan.fetch(`/api/playlists/${id}`)).status).toBe(404);
	expect((await fan.post(`/api/playlists/${id}/restore`, {})).status).toBe(204);
	expect((await fan.fetch(`/api/playlists/${id}`)).status).toBe(200);
});

test.each([
	['no name', { name: ' ' }],
	['a name without end', { name: 'x'.repeat(201) }],
	['a made-up visibility', { name: 'A', visibility: 'secret' }]
])('a playlist with %s is refused', async (_, body) => {
	expect((await fan.post('/api/playlists', body)).status).toBe(400);
});

test.each([
	['no version', { name: 'A' }],
	['a version of text', { version: '1' }],
	['an item behind itself', { version: 1, move: [{ itemId: UNKNOWN, after: UNKNOWN }] }],
	['an id that is none', { version: 1, add: ["' or 1=1"] }],
	['more than a playlist holds', { version: 1, add: Array(10_001).fill(UNKNOWN) }]
])('a change with %s is refused', async (_, body) => {
	const { id } = await playlist(fan);

	expect((await patch(fan, `/api/playlists/${id}`, body)).status).toBe(400);
});

test('cursors that were made up begin at the beginning', async () => {
	const { id } = await playlist(fan, { visibility: 'public' });
	for (const cursor of ['x', '', 'LTE6YQ', "';--", 'é'.repeat(200)]) {
		for (const path of ['/api/likes', '/api/history', '/api/playlists', `/api/playlists/${id}`]) {
			const response = await fan.fetch(`${path}?cursor=${encodeURIComponent(cursor)}`);
			expect([path, cursor, response.status]).toEqual([path, cursor, 200]);
		}
	}
});

test('whoever follows an artist hears of what comes, until they looked', async () => {
	const page = await portal.visitor.fetch(`/artists/${songs[0]?.artistSlug}`);
	const artistId = /artist:\{id:"([0-9a-f]{32})"/.exec(await page.text())?.[1] ?? '';
	expect((await put(fan, `/api/follows/${artistId}`)).status).toBe(204);
	const looks = async () =>
		(await fan.fetch('/library/following', { headers: { Accept: 'text/html' } })).text();
	expect(await looks()).not.toContain('New from artists you follow');

	const fresh = await song(5);

	expect(await looks()).toContain(fresh.title);
	expect(await looks()).toContain('something new');
	expect((await fan.post('/api/follows/seen', {})).status).toBe(204);
	expect(await looks()).not.toContain('something new');
});
