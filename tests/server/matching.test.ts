import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Match } from '#contracts/match';
import type { LiveMessage } from '#contracts/live';
import type { Track } from '#contracts/track';
import type { DescribeUploads } from '#contracts/upload';
import { makePicture, makeSong } from '../support/music.ts';
import { Origin } from '../support/origin.ts';
import { Client, startPortal, type TestPortal } from '../support/portal.ts';
import { runSegue } from '../support/segue.ts';
import { retryUntil } from '../support/until.ts';

const MBID = '11111111-2222-4333-8444-555555555555';
const SEARCH = '/ws/2/release';
const ENDED = ['found', 'none', 'failed'];

let portal: TestPortal;
let close: () => Promise<void>;
let origin: Origin;
let owner: Client;
let artist: Client;

beforeAll(async () => {
	origin = await Origin.open();
	({ portal, close } = await startPortal({
		...{ MATCHING: 'on', MATCHING_URL: origin.url, MATCHING_COVERS_URL: origin.url },
		IMPORT_ALLOW_HOSTS: '127.0.0.1'
	}));
	owner = await portal.signIn();
	artist = await join('artist');
});
afterAll(async () => {
	await close();
	await origin.close();
});

async function join(name: string): Promise<Client> {
	const env = { DATA_DIR: portal.dataDir };
	const email = `${name}@portal.test`;
	await runSegue(['user', 'add', '--email', email, '--role', 'artist'], env);
	const token = (await runSegue(['token', 'create', '--email', email], env)).trim();
	return new Client(() => portal.origin, { Authorization: `Bearer ${token}` });
}

/** A release of two songs of a second each. @returns its id and its tracks' */
async function release(album: string, { artist: name = 'Mara' } = {}) {
	const trackIds: string[] = [];
	for (const [at, title] of ['harbour lights', 'Dusk'].entries()) {
		const bytes = await makeSong({ title, artist: name, album, track: String(at + 1) });
		const { trackId } = await artist.outcome(await artist.send(`${album}${at}.mp3`, bytes));
		trackIds.push(trackId ?? '');
	}
	const { releases } = (await (await artist.fetch('/api/browse/releases')).json()) as {
		releases: { id: string; title: string }[];
	};
	const { id } = releases.find(({ title }) => title === album)!;
	return { id, trackIds };
}

const credit = (name: string) => [{ name, joinphrase: '', artist: { id: MBID, name } }];
const listed = (title: string) => ({
	releases: [
		{ id: MBID, score: 100, title, 'artist-credit': credit('Mara Tide'), 'track-count': 2 }
	]
});
const whole = (title: string, { front = false } = {}) => ({
	...{ id: MBID, title, date: '1998-05', 'artist-credit': credit('Mara Tide') },
	'cover-art-archive': { front, artwork: front },
	media: [
		{
			...{ position: 1, 'track-count': 2 },
			tracks: ['Harbour Lights', 'Dusk'].map((title, at) => ({
				...{ position: at + 1, number: `A${at + 1}`, title, length: 1_040 },
				'artist-credit': credit('Mara Tide')
			}))
		}
	]
});

const say = (path: string, answer: unknown) =>
	origin.on(path, (_, response) => {
		response.setHeader('Content-Type', 'application/json');
		response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
	});
const at = (id: string) => `/api/releases/${id}/match`;
const ask = (id: string, who = artist) => who.post(at(id), {});
const read = async (id: string, who = artist) => (await (await who.fetch(at(id))).json()) as Match;
const ended = (id: string) =>
	retryUntil(
		() => read(id),
		({ state }) => ENDED.includes(state)
	);
const track = async (id: string) =>
	(await (await artist.fetch(`/api/tracks/${id}`)).json()) as Track;
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

test('a release is found, what is chosen of it is written, and taken back', async () => {
	const { id, trackIds } = await release('Evening');
	const [first = ''] = trackIds;
	const picture = await makePicture('orange');
	say(SEARCH, listed('Evening'));
	say(`${SEARCH}/${MBID}`, whole('Evening!', { front: true }));
	origin.on(`/release/${MBID}/front-1200`, (_, response) => {
		response.writeHead(307, { Location: `${origin.url}/picture.jpg` }).end();
	});
	origin.file('/picture.jpg', picture, 'image/jpeg');
	const { seq } = (await (await artist.fetch('/api/live')).json()) as LiveMessage;

	const asked = await ask(id);
	const found = await ended(id);

	expect([asked.status, asked.headers.get('Location')]).toEqual([202, at(id)]);
	expect(found).toMatchObject({
		...{ state: 'found', waitingFor: null, code: null },
		found: { title: 'Evening!', artist: 'Mara Tide', date: '1998-05', trackCount: 2 }
	});
	expect(found.changes.map(({ key, before, after }) => [key, before, after])).toEqual([
		['cover', null, expect.stringMatching(/^\/media\/covers\/[0-9a-f]{64}\//)],
		['album', 'Evening', 'Evening!'],
		['albumArtist', 'Mara', 'Mara Tide'],
		['date', null, '1998-05'],
		[`title:${first}`, 'harbour lights', 'Harbour Lights'],
		[`artist:${first}`, 'Mara', 'Mara Tide'],
		[`artist:${trackIds[1]}`, 'Mara', 'Mara Tide']
	]);
	const coverUrl = found.changes[0]?.after ?? '';
	expect((await artist.fetch(coverUrl)).headers.get('Content-Type')).toBe('image/webp');
	const news = (await (await artist.fetch(`/api/live?since=${seq}`)).json()) as LiveMessage;
	expect(news.events).toContainEqual({
		...{ type: 'suggestion_changed', releaseId: id, state: 'found' }
	});
	expect(await track(first)).toMatchObject({ title: 'harbour lights', date: null });

	const fields = ['cover', 'date', `title:${first}`];
	const accepted = await artist.post(`${at(id)}/accept`, { fields });

	expect(accepted.status).toBe(200);
	expect(await track(first)).toMatchObject({
		...{ title: 'Harbour Lights', artist: 'Mara', release: 'Evening', date: '1998-05', coverUrl }
	});
	expect((await read(id)).changes.map(({ key }) => key)).not.toContain('cover');
	const undo = (await accepted.json()) as DescribeUploads;
	const undone = await artist.fetch('/api/uploads', {
		...{ method: 'PATCH', headers: { 'Content-Type': 'application/json' } },
		body: JSON.stringify(undo)
	});
	expect(undone.status).toBe(204);
	expect(await track(first)).toMatchObject({ title: 'harbour lights', date: null });
	expect(await track(first)).not.toHaveProperty('coverUrl');
	expect((await read(id)).changes).toEqual(found.changes);
});

test('what its artist says afterwards stands, and shows as what would change', async () => {
	const { id, trackIds } = await release('Morning');
	say(SEARCH, listed('Morning'));
	say(`${SEARCH}/${MBID}`, whole('Morning'));
	await ask(id);
	await ended(id);
	const { uploadId = '' } = await track(trackIds[0]!);

	await artist.fetch('/api/uploads', {
		...{ method: 'PATCH', headers: { 'Content-Type': 'application/json' } },
		body: JSON.stringify({ uploads: [{ id: uploadId, description: { title: 'Mine' } }] })
	});

	const { changes } = await read(id);
	expect(changes).toContainEqual(
		expect.objectContaining({ field: 'title', before: 'Mine', after: 'Harbour Lights' })
	);
	expect((await track(trackIds[0]!)).title).toBe('Mine');
});

test('taking the artists of tracks leaves them together on their release', async () => {
	const { id, trackIds } = await release('Noon');
	say(SEARCH, listed('Noon'));
	say(`${SEARCH}/${MBID}`, whole('Noon'));
	await ask(id);
	await ended(id);
	const before = await track(trackIds[1]!);

	await artist.post(`${at(id)}/accept`, { fields: [`artist:${trackIds[0]}`] });

	const [one, other] = [await track(trackIds[0]!), await track(trackIds[1]!)];
	expect(one.artist).toBe('Mara Tide');
	expect([one.releaseSlug, other.releaseSlug]).toEqual([before.releaseSlug, before.releaseSlug]);
});

test('others may neither ask nor see, the owner may see and not accept', async () => {
	const { id } = await release('Night');
	say(SEARCH, { releases: [] });
	const stranger = await join('stranger');

	expect((await ask(id, stranger)).status).toBe(404);
	expect((await ask(id, portal.visitor)).status).toBe(401);
	expect((await ask(id, owner)).status).toBe(202);
	expect(await ended(id)).toMatchObject({ state: 'none', found: null, changes: [] });
	expect((await stranger.fetch(at(id))).status).toBe(404);
	const accepted = await owner.post(`${at(id)}/accept`, { fields: ['album'] });
	expect([accepted.status, await codeOf(accepted)]).toEqual([403, 'forbidden']);
	const nothing = await artist.post(`${at(id)}/accept`, { fields: ['album'] });
	expect(nothing.status).toBe(400);
});

test.each([
	['does not know what JSON is', '<html>', 'nonsense'],
	['answers with other JSON than it should', { releases: [{ id: '../etc', title: 4 }] }, 'nonsense']
])('MusicBrainz %s: it failed, and says so', async (what, answer, code) => {
	const { id } = await release(`Odd ${what}`);
	say(SEARCH, answer);

	await ask(id);

	expect(await ended(id)).toMatchObject({ state: 'failed', code, changes: [] });
});

test('MusicBrainz has no time: it is asked again a few times, then it failed; asking anew succeeds', async () => {
	const { id } = await release('Busy');
	let asked = 0;
	origin.on(SEARCH, (_, response) => {
		asked += 1;
		response.writeHead(503, { 'Retry-After': '0' }).end();
	});
	await ask(id);
	expect(await ended(id)).toMatchObject({ state: 'failed', code: 'busy' });
	expect(asked).toBe(3);

	say(SEARCH, listed('Busy'));
	say(`${SEARCH}/${MBID}`, whole('Busy'));
	await ask(id);

	expect(await ended(id)).toMatchObject({ state: 'found', code: null });
});

test('while MusicBrainz is slow it says so, others wait in line, and refusing ends it', async () => {
	const slow = await release('Slow');
	const next = await release('Next');
	const held = Promise.withResolvers<void>();
	const cut = Promise.withResolvers<void>();
	origin.on(SEARCH, (_, response) => {
		held.resolve();
		response.on('close', () => cut.resolve());
	});
	await ask(slow.id);
	await held.promise;
	await ask(next.id);

	expect(await read(slow.id)).toMatchObject({
		...{ state: 'looking', waitingFor: 'MusicBrainz is asked.' }
	});
	expect(await read(next.id)).toMatchObject({
		...{ state: 'waiting', waitingFor: 'Other releases are looked up first.' }
	});
	say(SEARCH, { releases: [] });
	expect((await artist.fetch(at(slow.id), { method: 'DELETE' })).status).toBe(204);
	await cut.promise;
	expect((await ended(next.id)).state).toBe('none');
	expect((await artist.fetch(at(slow.id))).status).toBe(404);
});

test('what was looked up when the server ended is looked up after its next start', async () => {
	const { id } = await release('Restart');
	const held = Promise.withResolvers<void>();
	origin.on(SEARCH, () => held.resolve());
	await ask(id);
	await held.promise;
	await portal.kill();
	say(SEARCH, listed('Restart'));
	say(`${SEARCH}/${MBID}`, whole('Restart'));

	await portal.start();

	expect((await ended(id)).state).toBe('found');
});

test('off unless it was asked for', async () => {
	const other = await startPortal();
	try {
		const client = await other.portal.signIn();
		const song = await makeSong({ title: 'A', artist: 'B', album: 'C' });
		const { trackId } = await client.outcome(await client.send('a.mp3', song));
		expect(trackId).toMatch(/^[0-9a-f]{32}$/);
		const { releases } = (await (await client.fetch('/api/browse/releases')).json()) as {
			releases: { id: string }[];
		};
		const answer = await ask(releases[0]!.id, client);
		expect([answer.status, await codeOf(answer)]).toEqual([422, 'not_offered']);
	} finally {
		await other.close();
	}
});
