import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Track, TrackPage } from '#contracts/track';
import { makeMusic, type Recipe } from '../support/music.ts';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;

beforeAll(async () => {
	({ portal, close } = await startPortal({ JOBS_CONCURRENCY: '2' }));
	owner = await portal.signIn();
});
afterAll(() => close());

let hertz = 300;
const SECONDS = 3;

/** The same piece in as many formats as it is asked for. */
function song(tags: Record<string, string>) {
	const tone = (hertz += 17);
	return (format: Recipe['format'], args: string[] = []) =>
		makeMusic({ format, seconds: SECONDS, hertz: tone, tags, args });
}

const send = async (name: string, bytes: Uint8Array<ArrayBuffer>, options = {}) =>
	owner.outcome(await owner.send(name, bytes, options));
const track = async (id: string) =>
	(await (await owner.fetch(`/api/tracks/${id}`)).json()) as Track;
const called = async (title: string) => {
	const page = await owner.fetch(`/api/tracks?q=${encodeURIComponent(title)}`);
	return ((await page.json()) as TrackPage).tracks;
};

test('a better file of a song becomes its original, and its address stays', async () => {
	const as = song({ title: 'Better', artist: 'Ada', album: 'Coast', track: '2' });
	const small = await send('02 Better.mp3', await as('mp3', ['-b:a', '96k']));
	const before = await track(small.trackId!);
	const large = await send('02 Better.flac', await as('flac'));

	expect(large).toMatchObject({ state: 'ready', trackId: small.trackId });
	const after = await track(small.trackId!);
	expect(after).toMatchObject({
		...{ id: before.id, slug: before.slug, releaseSlug: before.releaseSlug, trackNumber: 2 },
		...{ format: 'FLAC', visibility: 'public' }
	});
	expect(after.originalSha256).not.toBe(before.originalSha256);
	// What was uploaded first is kept, bit for bit.
	const first = path.join(portal.dataDir, 'storage/originals');
	const kept = await readdir(path.join(first, before.originalSha256!.slice(0, 2)));
	expect(kept).toContain(before.originalSha256);
	expect((await portal.visitor.fetch(after.streamUrl!)).headers.get('Content-Type')).toBe(
		'audio/flac'
	);
	expect(await called('Better')).toHaveLength(1);
});

test('a worse file of a song is known already', async () => {
	const as = song({ title: 'Worse', artist: 'Ada', album: 'Coast' });
	const large = await send('Worse.flac', await as('flac'));
	const small = await send('Worse.ogg', await as('ogg'));

	expect(small).toMatchObject({ state: 'duplicate', trackId: large.trackId });
	expect((await track(large.trackId!)).format).toBe('FLAC');
});

test('the same song dropped in three formats at once is one track with the best of them', async () => {
	const as = song({ title: 'Three', artist: 'Bo', album: 'Harbour' });
	const files = [
		['a.mp3', await as('mp3')],
		['b.flac', await as('flac')],
		['c.ogg', await as('ogg')]
	] as const;
	const ids = await Promise.all(files.map(([name, bytes]) => owner.send(name, bytes)));
	const outcomes = await Promise.all(ids.map((id) => owner.outcome(id)));

	expect(new Set(outcomes.map(({ trackId }) => trackId)).size).toBe(1);
	const [only, ...others] = await called('Three');
	expect(only?.format).toBe('FLAC');
	expect(others).toEqual([]);
});

test('what its artist said goes before the tags of a better file', async () => {
	const as = song({ title: 'Said', artist: 'Ada', album: 'Coast', genre: 'Pop' });
	const small = await send('Said.mp3', await as('mp3'), { publish: false });
	const description = { title: 'What I call it', genre: null };
	const body = JSON.stringify({ uploads: [{ id: small.id, description }] });
	const headers = { 'Content-Type': 'application/json' };
	const patched = await owner.fetch('/api/uploads', { method: 'PATCH', headers, body });
	expect(patched.ok).toBe(true);
	const large = await send('Said.flac', await as('flac'), { publish: false });

	expect(large.trackId).toBe(small.trackId);
	expect(await track(small.trackId!)).toMatchObject({
		...{ title: 'What I call it', genre: null, artist: 'Ada' },
		...{ format: 'FLAC', visibility: 'draft', uploadId: large.id }
	});
});

test('what is said of the file that was sent first is said of the track it became part of', async () => {
	const as = song({ title: 'Earlier', artist: 'Ada', album: 'Coast' });
	const small = await send('Earlier.mp3', await as('mp3'), { publish: false });
	const large = await send('Earlier.flac', await as('flac'), { publish: false });
	expect(large.trackId).toBe(small.trackId);
	const headers = { 'Content-Type': 'application/json' };
	const description = { title: 'Said late', genre: 'Dub' };

	const described = await owner.fetch('/api/uploads', {
		...{ method: 'PATCH', headers },
		body: JSON.stringify({ uploads: [{ id: small.id, description }] })
	});
	const published = await owner.post('/api/uploads/publish', { ids: [small.id], publish: true });

	expect([described.status, published.status]).toEqual([204, 204]);
	expect(await track(small.trackId!)).toMatchObject({
		...{ title: 'Said late', genre: 'Dub', artist: 'Ada' },
		...{ visibility: 'public', uploadId: large.id }
	});
	expect((await owner.upload(small.id)).description).toEqual(description);
});

test('what was replaced is known when it comes again', async () => {
	const as = song({ title: 'Again', artist: 'Ada' });
	const bytes = await as('mp3');
	const small = await send('Again.mp3', bytes);
	await send('Again.flac', await as('flac'));

	const again = await send('Again.mp3', bytes);
	expect(again).toMatchObject({ state: 'duplicate', trackId: small.trackId });
	expect((await track(small.trackId!)).format).toBe('FLAC');
});

test('another song of the same name and length is another track', async () => {
	const tags = { title: 'Namesake', artist: 'Ada', album: 'Coast' };
	const one = await send('one.mp3', await song(tags)('mp3'));
	const other = await send('other.flac', await song(tags)('flac'));

	expect(other.state).toBe('ready');
	expect(other.trackId).not.toBe(one.trackId);
});

test('the same sound on another release is another track', async () => {
	const tone = { seconds: SECONDS, hertz: (hertz += 17) };
	const tags = { title: 'Twice', artist: 'Ada' };
	const single = await makeMusic({ ...tone, format: 'mp3', tags: { ...tags, album: 'Single' } });
	const album = await makeMusic({ ...tone, format: 'flac', tags: { ...tags, album: 'Album' } });

	const [one, other] = [await send('1.mp3', single), await send('2.flac', album)];
	expect(other.state).toBe('ready');
	expect(other.trackId).not.toBe(one.trackId);
});

test('files of which nobody says what they are stay apart, however alike they sound', async () => {
	const as = song({});
	const [one, other] = [
		await send('track01.mp3', await as('mp3')),
		await send('track01.flac', await as('flac'))
	];

	expect(other.state).toBe('ready');
	expect(other.trackId).not.toBe(one.trackId);
});
