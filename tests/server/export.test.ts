import { createHash } from 'node:crypto';
import { unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import yauzl from 'yauzl';
import type { TrackPage } from '#contracts/track';
import { makeMusic, makePicture } from '../support/music.ts';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';
import { runSegue } from '../support/segue.ts';
import { retryUntil } from '../support/until.ts';

interface Manifest {
	format: string;
	person: { email: string };
	playlists: { name: string; tracks: { file: string | null; trackId: string | null }[] }[];
	releases: { id: string; folder: string; cover: string | null }[];
	tracks: {
		file: string | null;
		id: string;
		title: string;
		visibility: string;
		releaseId: string | null;
		original: { sha256: string; name: string };
		tags: { title: string };
	}[];
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;
let artist: Client;
/** Tracks of a playlist, one of them twice. */
let mix: string[];
const songs = new Map<string, Uint8Array<ArrayBuffer>>();

beforeAll(async () => {
	({ portal, close } = await startPortal());
	owner = await portal.signIn();
	const password = 'a-long-enough-one';
	const file = path.join(portal.dataDir, 'password');
	await writeFile(file, password);
	for (const role of ['artist', 'listener']) {
		const who = ['--email', `${role}@portal.test`, '--role', role, '--password-file', file];
		await runSegue(['user', 'add', ...who], { DATA_DIR: portal.dataDir });
	}
	artist = await portal.signIn({ email: 'artist@portal.test', password });
	const tags = { artist: 'AC/DC', album: '../../Coast' };
	const cover = await makePicture('teal');
	songs.set('one.flac', await makeMusic({ format: 'flac', tags: { ...tags, title: 'CON' } }));
	songs.set(
		'two.mp3',
		await makeMusic({ format: 'mp3', hertz: 500, tags: { ...tags, title: 'con' } })
	);
	songs.set('three.ogg', await makeMusic({ format: 'ogg', hertz: 600, tags: { title: 'Alone' } }));
	const ids = [await artist.send('cover.jpg', cover, { path: 'Coast/cover.jpg' })];
	for (const [name, bytes] of songs) {
		const where = name === 'three.ogg' ? {} : { path: `Coast/${name}` };
		ids.push(await artist.send(name, bytes, { publish: name !== 'two.mp3', ...where }));
	}
	for (const id of ids.slice(1)) expect((await artist.outcome(id)).state).toBe('ready');
	// What is said of a track is part of the archive, and how loud it is belongs to it.
	const { tracks } = (await (await artist.fetch('/api/tracks')).json()) as TrackPage;
	mix = [...tracks, ...tracks.slice(0, 1)].map(({ id }) => id);
	const playlist = await artist.post('/api/playlists', { name: 'Mine first' });
	const { id, version } = (await playlist.json()) as { id: string; version: number };
	await artist.fetch(`/api/playlists/${id}`, {
		method: 'PATCH',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ version, add: mix })
	});
	await retryUntil(
		async () => (await (await artist.fetch('/api/tracks')).json()) as TrackPage,
		({ tracks }) => tracks.every(({ measured }) => measured === 'ready')
	);
});
afterAll(() => close());

async function unpacked(bytes: Buffer): Promise<Map<string, Buffer>> {
	const archive = await yauzl.fromBufferPromise(bytes);
	const files = new Map<string, Buffer>();
	for await (const entry of archive.eachEntry()) {
		const pieces = [];
		for await (const piece of await archive.openReadStreamPromise(entry)) pieces.push(piece);
		expect(files.has(entry.fileName)).toBe(false);
		files.set(entry.fileName, Buffer.concat(pieces));
	}
	return files;
}

const taken = async (who: Client, url = '/api/export') =>
	Buffer.from(await (await who.fetch(url)).arrayBuffer());

test('an artist takes everything along, bit for bit, and a manifest says what it is', async () => {
	const response = await artist.fetch('/api/export');
	expect(response.headers.get('content-type')).toBe('application/zip');
	const bytes = Buffer.from(await response.arrayBuffer());
	expect(String(bytes.length)).toBe(response.headers.get('content-length'));
	const files = await unpacked(bytes);

	const manifest = JSON.parse(String(files.get('segue.json'))) as Manifest;
	expect(manifest.playlists).toMatchObject([
		{ name: 'Mine first', visibility: 'private', tracks: mix.map((id) => ({ trackId: id })) }
	]);
	for (const { file, trackId } of manifest.playlists[0]!.tracks) {
		expect(file).toBe(manifest.tracks.find(({ id }) => id === trackId)?.file);
		expect(files.has(file ?? '')).toBe(true);
	}
	expect(manifest).toMatchObject({
		format: 'segue-export',
		person: { email: 'artist@portal.test' }
	});
	expect(manifest.tracks).toHaveLength(songs.size);
	for (const [name, song] of songs) {
		const track = manifest.tracks.find(({ original }) => original.name === name);
		expect(track?.original.sha256).toBe(sha256(song));
		expect(files.get(track?.file ?? '')?.equals(song), name).toBe(true);
		expect(track?.tags.title).toBe(track?.title);
		expect(track?.visibility).toBe(name === 'two.mp3' ? 'draft' : 'public');
	}
	expect([...files.keys()].sort()).toEqual([
		'AC_DC/___.._Coast/_CON.flac',
		'AC_DC/___.._Coast/_con.mp3',
		'AC_DC/___.._Coast/cover.jpg',
		'artist/Alone.ogg',
		'segue.json'
	]);
	expect(files.get(manifest.releases[0]?.cover ?? '')?.subarray(0, 3)).toEqual(
		Buffer.of(0xff, 0xd8, 0xff)
	);
});

test('a download that was cut goes on from the byte, and is the same archive', async () => {
	const whole = await taken(artist);
	const cut = Math.floor(whole.length / 2);
	const first = await artist.fetch('/api/export');
	const etag = first.headers.get('etag') ?? '';
	const reader = first.body!.getReader();
	const pieces: Uint8Array[] = [];
	for (let n = 0; n < cut;) {
		const { value } = await reader.read();
		pieces.push(value!);
		n += value!.length;
	}
	await reader.cancel();
	const before = Buffer.concat(pieces).subarray(0, cut);

	const headers = { Range: `bytes=${cut}-`, 'If-Range': etag };
	const rest = await artist.fetch('/api/export', { headers });

	expect(rest.status).toBe(206);
	expect(rest.headers.get('content-range')).toBe(
		`bytes ${cut}-${whole.length - 1}/${whole.length}`
	);
	const joined = Buffer.concat([before, Buffer.from(await rest.arrayBuffer())]);
	expect(sha256(joined)).toBe(sha256(whole));

	const behind = await artist.fetch('/api/export', {
		headers: { Range: `bytes=${whole.length}-`, 'If-Range': etag }
	});
	expect(behind.status).toBe(416);
	expect(await behind.json()).toMatchObject({ code: 'range_not_satisfiable' });
});

test('when something changed meanwhile the download begins again', async () => {
	const head = await artist.fetch('/api/export', { method: 'HEAD' });
	const etag = head.headers.get('etag') ?? '';
	expect((await artist.fetch('/api/export', { method: 'HEAD' })).headers.get('etag')).toBe(etag);
	const { tracks } = (await (await artist.fetch('/api/tracks')).json()) as {
		tracks: { title: string; uploadId: string }[];
	};
	const upload = tracks.find(({ title }) => title === 'Alone');

	const said = await artist.fetch('/api/uploads', {
		method: 'PATCH',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ uploads: [{ id: upload?.uploadId, description: { genre: 'Drone' } }] })
	});
	expect(said.status).toBe(204);

	const headers = { Range: 'bytes=100-', 'If-Range': etag };
	const again = await artist.fetch('/api/export', { headers });
	expect(again.status).toBe(200);
	expect(again.headers.get('etag')).not.toBe(etag);
	const files = await unpacked(Buffer.from(await again.arrayBuffer()));
	expect(String(files.get('segue.json'))).toContain('"genre":"Drone"');
});

test('a release is taken by its artist whole, with nothing beside the music and its cover', async () => {
	const manifest = JSON.parse(String((await unpacked(await taken(artist))).get('segue.json')));
	const url = `/api/releases/${(manifest as Manifest).releases[0]?.id}/download`;
	const response = await owner.fetch(url);
	expect(response.headers.get('content-disposition')).toContain(
		"filename*=UTF-8''AC_DC%20-%20___.._Coast.zip"
	);
	const files = await unpacked(Buffer.from(await response.arrayBuffer()));
	expect([...files.keys()].sort()).toEqual([
		'AC_DC/___.._Coast/_CON.flac',
		'AC_DC/___.._Coast/_con.mp3',
		'AC_DC/___.._Coast/cover.jpg'
	]);
	expect((await portal.visitor.fetch(url)).status).toBe(404);
});

test('nobody takes what is not theirs, but the owner', async () => {
	const manifest = JSON.parse(String((await unpacked(await taken(artist))).get('segue.json')));
	const { person } = manifest as { person: { id: string } };
	const listener = await portal.signIn({
		email: 'listener@portal.test',
		password: 'a-long-enough-one'
	});
	const url = `/api/export?person=${person.id}`;

	const status = async (who: Client) => (await who.fetch(url, { method: 'HEAD' })).status;
	expect(await Promise.all([status(portal.visitor), status(listener), status(owner)])).toEqual([
		401, 403, 200
	]);
	expect((await unpacked(await taken(owner, url))).size).toBe(5);
	expect((await owner.fetch('/api/export?person=nobody')).status).toBe(404);
	const page = await artist.fetch('/studio/export', { headers: { Accept: 'text/html' } });
	const said = (await page.text()).replaceAll(/<[^>]*>/g, '');
	expect(said).toMatch(/One archive with\s+3 tracks/);
});

test('a file that is missing here is said to be, and the rest is taken', async () => {
	const hash = sha256(songs.get('two.mp3')!);
	await unlink(path.join(portal.dataDir, 'storage/originals', hash.slice(0, 2), hash));

	const files = await unpacked(await taken(artist));

	const manifest = JSON.parse(String(files.get('segue.json'))) as Manifest;
	const lost = manifest.tracks.find(({ original }) => original.name === 'two.mp3');
	expect(lost?.file).toBeNull();
	expect(files.size).toBe(4);
});
