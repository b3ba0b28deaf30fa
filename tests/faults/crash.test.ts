import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { TrackPage } from '#contracts/track';
import { makeMusic } from '../support/music.ts';
import { type Client, startPortal, type TestPortal } from '../support/portal.ts';
import { retryUntil } from '../support/until.ts';

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;
let song: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
	({ portal, close } = await startPortal());
	owner = await portal.signIn();
});
afterAll(() => close());

/** A body that ends when the test says so. */
function slowBody(first: Uint8Array<ArrayBuffer>) {
	let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
	const body = new ReadableStream<Uint8Array>({
		start(opened) {
			controller = opened;
			opened.enqueue(first);
		}
	});
	return { body, end: () => controller?.error(new Error('the test is over')) };
}

/** Begins a PATCH that never ends, and waits until the server holds its first part. */
async function begin(url: string, part: Uint8Array<ArrayBuffer>) {
	const { body, end } = slowBody(part);
	const answer = owner
		.tus('PATCH', url, {
			body,
			duplex: 'half',
			headers: { 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' }
		} as RequestInit)
		.then(
			({ status }) => status,
			() => 'cut' as const
		);
	await retryUntil(
		async () => (await owner.upload(url.slice(7))).offset,
		(offset) => offset === part.length
	);
	return { answer, end };
}

const tracksCalled = async (title: string) => {
	const { tracks } = (await (await owner.fetch(`/api/tracks?q=${title}`)).json()) as TrackPage;
	return tracks;
};
const half = (bytes: Uint8Array<ArrayBuffer>) =>
	bytes.slice(0, Math.floor(bytes.length / 2)) as Uint8Array<ArrayBuffer>;

afterEach(async () => {
	// I4: whatever happened, no half-made thing stays behind once the work on what plays is over.
	await retryUntil(
		() => readdir(path.join(portal.dataDir, 'storage/tmp')),
		(left) => left.length === 0
	);
});

test('a server killed in the middle of a chunk goes on from the byte it had', async () => {
	song = await makeMusic({ format: 'flac', hertz: 600, tags: { title: 'Killed' } });
	const url = await owner.accepted({ key: 'killed', name: 'k.flac', size: song.length });
	const { answer, end } = await begin(url, half(song));

	await portal.kill();
	await answer;
	end();
	await portal.start();
	const offset = await owner.offset(url);
	await owner.patch(url, offset, song.slice(offset));

	expect(offset).toBe(half(song).length);
	expect((await owner.outcome(url.slice(7))).state).toBe('ready');
	expect(await tracksCalled('Killed')).toHaveLength(1);
});

test('a server that rendered pages closes its database when it is asked to stop', async () => {
	await portal.visitor.fetch('/'); // was: a library re-sent the signal once a page had loaded it, 2026-11-21

	const code = await portal.stop();

	expect(code).toBe(0);
	expect(await readdir(portal.dataDir)).not.toContain('segue.db-wal');
	await portal.start();
});

test('a server that is asked to stop ends the chunk where it is and leaves with 0', async () => {
	song = await makeMusic({ format: 'flac', hertz: 610, tags: { title: 'Stopped' } });
	const url = await owner.accepted({ key: 'stopped', name: 's.flac', size: song.length });
	const { answer, end } = await begin(url, half(song));

	const code = await portal.stop();
	await answer;
	end();
	await portal.start();

	expect(code).toBe(0);
	expect(await owner.offset(url)).toBe(half(song).length);
});

test('bytes that all arrived before a crash become one track, though nobody said so', async () => {
	song = await makeMusic({ format: 'flac', hertz: 620, tags: { title: 'Unsaid' } });
	const url = await owner.accepted({ key: 'unsaid', name: 'u.flac', size: song.length });
	const id = url.slice(7);
	await portal.kill();
	// What SIGKILL between the last byte and the hook leaves: a whole file, and a row that does not know.
	await writeFile(path.join(portal.dataDir, 'storage/partials', id), song);

	await portal.start();

	expect((await owner.outcome(id)).state).toBe('ready');
	expect(await tracksCalled('Unsaid')).toHaveLength(1);
	expect(await owner.offset(url)).toBe(song.length);
});

test('work that a crash interrupted is done again, once', async () => {
	song = await makeMusic({ format: 'wav', hertz: 630, seconds: 240 });
	const id = await owner.send('Interrupted.wav', song);
	await retryUntil(
		() => owner.upload(id),
		({ state }) => state === 'processing'
	);

	await portal.kill();
	await portal.start();

	expect((await owner.outcome(id)).state).toBe('ready');
	expect(await tracksCalled('Interrupted')).toHaveLength(1);
});

test('a chunk that was being verified when the server died does not count', async () => {
	const url = await owner.accepted({ key: 'unverified', name: 'v.flac', size: 1000 });
	const file = path.join(portal.dataDir, 'storage/partials', url.slice(7));
	await portal.kill();
	await writeFile(file, new Uint8Array(700));
	await writeFile(`${file}.verified`, '200');

	await portal.start();

	expect(await owner.offset(url)).toBe(200);
});

test('a storage folder that is not there is not taken for an empty library', async () => {
	await portal.stop();
	const other = new (portal.constructor as typeof TestPortal)(portal.dataDir, {
		STORAGE_URL: `file:${portal.dataDir}/elsewhere`
	});

	await expect(other.start()).rejects.toThrow('is a disk missing?');

	await portal.start();
});
