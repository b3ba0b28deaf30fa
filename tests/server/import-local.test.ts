import { createHash } from 'node:crypto';
import {
	appendFile,
	mkdir,
	mkdtemp,
	readdir,
	readFile,
	rename,
	rm,
	stat,
	symlink,
	writeFile
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ImportRecord } from '#contracts/import';
import type { Track } from '#contracts/track';
import { downloadZip } from 'client-zip';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { id3v1, makeMusic, makePicture, variations } from '../support/music.ts';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';
import { runSegue } from '../support/segue.ts';
import { retryUntil } from '../support/until.ts';

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;
let artist: Client;
let song: Uint8Array<ArrayBuffer>;
let music = '';

beforeAll(async () => {
	music = await mkdtemp(path.join(tmpdir(), 'segue-music-'));
	({ portal, close } = await startPortal({ IMPORT_ROOTS: music }));
	owner = await portal.signIn();
	const password = 'a-long-enough-one';
	const file = path.join(portal.dataDir, 'password');
	await writeFile(file, password);
	const email = 'artist@portal.test';
	const who = ['--email', email, '--role', 'artist', '--password-file', file];
	await runSegue(['user', 'add', ...who], { DATA_DIR: portal.dataDir });
	artist = await portal.signIn({ email, password });
	song = await makeMusic({ format: 'mp3' });
});
afterAll(async () => {
	await close();
	await rm(music, { recursive: true, force: true });
});

/** Songs of one album that differ. */
const songs = (album: string, titles: readonly string[]) =>
	variations(
		song,
		titles.map((title, at) => ({ title, artist: 'Ada', album, track: String(at + 1) }))
	);
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());

const importsOf = async (who: Client) => {
	const { imports } = (await (await who.fetch('/api/imports')).json()) as {
		imports: ImportRecord[];
	};
	return imports;
};
const ended = (who: Client, is: (each: ImportRecord) => boolean) =>
	retryUntil(
		async () => (await importsOf(who)).find(is),
		(each) => ['done', 'failed'].includes(each?.state ?? '')
	);
const tracksOf = async (who: Client, q: string) => {
	const { tracks } = (await (await who.fetch(`/api/tracks?q=${q}`)).json()) as { tracks: Track[] };
	return tracks;
};

test('an archive that is uploaded is unpacked by itself, and its songs go through ingest', async () => {
	const [one, two] = songs('Zipped', ['First', 'Second']);
	const zip = await bytesOf(
		downloadZip([
			{ name: 'Zipped/01 First.mp3', input: one! },
			{ name: '../../Zipped/02 Second.mp3', input: two! },
			{ name: 'Zipped/cover.jpg', input: await makePicture('olive') },
			{ name: 'Zipped/notes.txt', input: 'thank you' },
			{ name: '__MACOSX/Zipped/._01 First.mp3', input: 'icon' }
		])
	);
	const id = await artist.send('Ada - Zipped.zip', zip, { publish: true });
	expect((await artist.outcome(id)).state).toBe('ready');

	const done = await ended(artist, ({ source }) => source === 'zip');

	expect(done).toMatchObject({
		label: 'Ada - Zipped.zip',
		state: 'done',
		items: { total: 3, done: 3, failed: 0 }
	});
	const tracks = await tracksOf(portal.visitor, 'Zipped');
	expect(tracks.map(({ title }) => title).sort()).toEqual(['First', 'Second']);
	const [first] = await tracksOf(artist, 'First');
	const original = await readFile(
		path.join(
			portal.dataDir,
			'storage/originals',
			first!.originalSha256!.slice(0, 2),
			first!.originalSha256!
		)
	);
	expect(original.equals(one!)).toBe(true);
	expect(first?.coverUrl).toMatch(/^\/media\/covers\/[0-9a-f]{64}\/512\.webp$/);

	const again = await artist.post('/api/imports', { source: 'zip', uploadId: id });
	expect(again.status).toBe(202);
	expect((await owner.post('/api/imports', { source: 'zip', uploadId: id })).status).toBe(404);
	const { id: second } = (await again.json()) as { id: string };
	expect(await ended(artist, (each) => each.id === second)).toMatchObject({
		state: 'done',
		items: { skipped: 3 }
	});
});

test('what is called an archive and is none is refused, and a broken song does not stop the others', async () => {
	const none = await artist.send('none.zip', new Uint8Array(Buffer.from('no archive at all')));
	expect(await artist.outcome(none)).toMatchObject({ state: 'failed', code: 'not_audio' });

	const [good, bad] = songs('Broken', ['Whole', 'Torn']);
	const zip = await bytesOf(
		downloadZip([
			{ name: 'Whole.mp3', input: good! },
			{ name: 'Torn.mp3', input: bad! }
		])
	);
	// One bit of the second song's music: its checksum says so.
	const at = Buffer.from(zip.buffer).indexOf(Buffer.from('Torn.mp3')) + bad!.length - 100;
	zip[at] = zip[at]! ^ 1;
	await artist.send('broken.zip', zip);
	// Its songs lie in it unpacked, so that it sounds like one from its middle on.
	const disguised = await artist.send('Song.mp3', zip);
	expect(await artist.outcome(disguised)).toMatchObject({ state: 'failed', code: 'not_audio' });

	const done = await ended(artist, ({ label }) => label === 'broken.zip');

	expect(done).toMatchObject({ state: 'done', items: { total: 2, done: 1, failed: 1 } });
	const items = await (await artist.fetch(`/api/imports/${done?.id}/items?state=failed`)).json();
	expect(items).toMatchObject({ items: [{ name: 'Torn.mp3', code: 'checksum' }] });
});

test('the owner imports a folder within the roots; its files stay as they are', async () => {
	const folder = path.join(music, 'Shelf');
	await mkdir(folder);
	const files = songs('Shelved', ['Left', 'Right']);
	await writeFile(path.join(folder, 'left.mp3'), files[0]!);
	await writeFile(path.join(folder, 'right.mp3'), files[1]!);
	await symlink(path.join(portal.dataDir, 'segue.db'), path.join(folder, 'database.mp3'));
	const order = { source: 'folder', path: folder, publish: true };

	const post = async (who: Client, body: unknown) => (await who.post('/api/imports', body)).status;
	expect(await post(artist, order)).toBe(403);
	expect(await post(owner, { ...order, path: portal.dataDir })).toBe(404);
	expect(await post(owner, order)).toBe(202);

	expect(await ended(owner, ({ source }) => source === 'folder')).toMatchObject({
		label: 'Shelf',
		state: 'done',
		items: { total: 2, done: 2 }
	});
	expect((await tracksOf(portal.visitor, 'Shelved')).map(({ title }) => title).sort()).toEqual([
		'Left',
		'Right'
	]);
	expect((await readdir(folder)).sort()).toEqual(['database.mp3', 'left.mp3', 'right.mp3']);
	expect((await readFile(path.join(folder, 'left.mp3'))).equals(files[0]!)).toBe(true);
});

const originalOf = (sha256: string) =>
	path.join(portal.dataDir, 'storage/originals', sha256.slice(0, 2), sha256);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const startFolder = async (order: object) => {
	const response = await owner.post('/api/imports', { source: 'folder', publish: true, ...order });
	expect(response.status).toBe(202);
	return ((await response.json()) as { id: string }).id;
};
const read = async (id: string) =>
	(await (await owner.fetch(`/api/imports/${id}`)).json()) as ImportRecord;
const until = (id: string, is: (each: ImportRecord) => boolean) => retryUntil(() => read(id), is);

test('a watched folder brings what is new, through a restart, until somebody stops it', async () => {
	const folder = path.join(music, 'Watched');
	await mkdir(folder);
	const names = ['First', 'Second', 'Third', 'Fourth'];
	const files = songs('Watched', names);
	const put = (at: number, where = folder) =>
		writeFile(path.join(where, `${names[at]}.mp3`), files[at]!);
	await put(0);

	const id = await startFolder({ path: folder, watch: true });
	expect(await until(id, ({ state }) => state === 'done')).toMatchObject({
		...{ watching: true, items: { total: 1, done: 1 } }
	});

	// In a folder that is new itself.
	const deeper = path.join(folder, 'disc 2');
	await mkdir(deeper);
	await put(1, deeper);
	const second = await until(id, ({ state, items }) => state === 'done' && items.done === 2);
	expect(second.items).toEqual({ total: 2, done: 2, skipped: 0, failed: 0 });

	await portal.kill();
	await put(2);
	await portal.start();
	expect(await until(id, ({ items }) => items.done === 3)).toMatchObject({ watching: true });
	await until(id, ({ state }) => state === 'done');
	expect((await tracksOf(portal.visitor, 'Watched')).map(({ title }) => title).sort()).toEqual(
		['First', 'Second', 'Third'].sort()
	);

	// A disk that is not mounted is no folder without music.
	await rename(folder, `${folder} away`);
	const away = await until(id, ({ waitingFor }) => waitingFor !== undefined);
	expect(away).toMatchObject({ state: 'done', waitingFor: expect.stringContaining('not there') });
	await rename(`${folder} away`, folder);

	const unwatch = () =>
		owner.fetch(`/api/imports/${id}`, {
			method: 'PATCH',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ action: 'unwatch' })
		});
	const stopped = await unwatch();
	expect((await stopped.json()) as ImportRecord).not.toHaveProperty('watching');
	expect((await unwatch()).status).toBe(409);
	await put(3);
	const again = await startFolder({ path: folder });
	expect(await until(again, ({ state }) => state === 'done')).toMatchObject({
		items: { total: 4, done: 1, skipped: 3 }
	});
	expect(await read(id)).toMatchObject({ state: 'done', items: { total: 3, done: 3 } });
}, 60_000);

test('an adopted folder lies on the disk once, and its files are the owner’s', async () => {
	const folder = path.join(music, 'Adopted');
	await mkdir(folder);
	const names = ['Kept', 'Written to', 'Moved'];
	const files = songs('Adopted', names);
	const at = (name: string) => path.join(folder, `${name}.mp3`);
	for (const [index, name] of names.entries()) await writeFile(at(name), files[index]!);
	const before = await Promise.all(names.map((name) => stat(at(name))));

	const id = await startFolder({ path: folder, mode: 'adopt', watch: true });
	const done = await until(id, ({ state }) => state === 'done');

	expect(done).toMatchObject({ items: { total: 3, done: 3 } });
	// Where the disk can do neither, it has to say so.
	const { shared = 0, copied = 0 } = done.kept ?? {};
	expect(shared + copied).toBe(3);
	const isLinked = (await stat(at('Kept'))).nlink > 1;
	if (isLinked) {
		expect([shared, copied]).toEqual([3, 0]);
		for (const [index, bytes] of files.entries()) {
			expect((await stat(originalOf(sha256(bytes)))).ino).toBe(before[index]!.ino);
		}
	}
	for (const [index, name] of names.entries()) {
		expect((await readFile(at(name))).equals(files[index]!)).toBe(true);
		expect((await stat(at(name))).mtimeMs).toBe(before[index]!.mtimeMs);
	}
	expect(await readdir(path.join(portal.dataDir, 'storage/imports'))).toEqual([]);

	// It is gone from the folder, and here still.
	const [, written, moved] = (await tracksOf(owner, 'Adopted')).sort((a, b) =>
		names.indexOf(a.title) < names.indexOf(b.title) ? -1 : 1
	);
	await rm(at('Moved'));
	// And another is written to in place, as some programs do that change tags.
	await appendFile(at('Written to'), id3v1({ title: 'Written to' }));
	const now = await readFile(at('Written to'));
	if (isLinked) {
		const after = await retryUntil(
			async () => (await (await owner.fetch(`/api/tracks/${written?.id}`)).json()) as Track,
			({ originalSha256 }) => originalSha256 === sha256(now)
		);
		const settled = await until(id, ({ state }) => state === 'done');
		expect(after.id).toBe(written?.id);
		expect((await readFile(originalOf(sha256(now)))).equals(now)).toBe(true);
		expect(settled.items).toEqual({ total: 3, done: 3, skipped: 0, failed: 0 });
		expect(settled.kept).toMatchObject({ gone: 1 });
	} else {
		// A clone, or a copy: nobody's writing reaches it.
		expect((await readFile(originalOf(sha256(files[1]!)))).equals(files[1]!)).toBe(true);
	}
	expect((await readFile(originalOf(moved!.originalSha256!))).equals(files[2]!)).toBe(true);

	// The portal lets go of a track; its owner's file is no business of the portal's.
	await owner.fetch(`/api/tracks/${written?.id}`, { method: 'DELETE' });
	expect((await readFile(at('Written to'))).equals(now)).toBe(true);
}, 60_000);
