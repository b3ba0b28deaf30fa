import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Track, TrackPage } from '#contracts/track';
import { makeMusic } from '../support/music.ts';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;

beforeAll(async () => {
	({ portal, close } = await startPortal({ JOBS_CONCURRENCY: '2' }));
	owner = await portal.signIn();
});
afterAll(() => close());

const tracks = async (album: string) => {
	const answer = await owner.fetch(`/api/tracks?limit=50&q=${encodeURIComponent(album)}`);
	const page = (await answer.json()) as TrackPage;
	return page.tracks;
};
const slugs = (all: readonly Track[]) => [...new Set(all.map(({ releaseSlug }) => releaseSlug))];
const page = async (slug: string | null | undefined) =>
	(await owner.fetch(`/releases/${slug}`, { headers: { Accept: 'text/html' } })).text();

/** One song of each artist, all sent before the first is looked at. */
async function drop(album: string, artists: readonly string[]) {
	const files = await Promise.all(
		artists.map(async (artist, at) => {
			const bytes = await makeMusic({
				format: 'mp3',
				seconds: 1,
				hertz: 400 + at * 10 + album.length,
				tags: { artist, album, title: `Song ${at}`, track: `${at + 1}` }
			});
			return { bytes, name: `${at}.mp3`, path: `Music/${album}/CD ${1 + (at % 2)}/${at}.mp3` };
		})
	);
	const ids = await Promise.all(
		files.map(({ bytes, name, path }) => owner.send(name, bytes, { path }))
	);
	for (const id of ids) expect((await owner.outcome(id)).state).toBe('ready');
	return ids;
}

test('a folder of twelve artists is one release, whatever is prepared first', async () => {
	await drop(
		'Harbour Nights',
		'ABCDEFGHIJKL'.split('').map((name) => `Artist ${name}`)
	);

	const all = await tracks('Harbour Nights');

	expect(all).toHaveLength(12);
	expect(slugs(all)).toEqual(['harbour-nights']);
	expect(await page('harbour-nights')).toContain('Various Artists');
	expect(new Set(all.map(({ artist }) => artist)).size).toBe(12);
});

test('an album with guests is its artist’s', async () => {
	await drop('Guest House', ['Ada', 'Ada feat. Bob', 'Ada (ft. Cleo)']);

	const all = await tracks('Guest House');

	expect(slugs(all)).toEqual(['guest-house']);
	expect(await page('guest-house')).not.toContain('Various Artists');
});

test('who is said to have made it takes a track out, and taking that back puts it back', async () => {
	const ids = await drop('Shared Shore', ['Fay', 'Gus', 'Hal']);
	const describe = async (albumArtist: string | null, ...some: (string | undefined)[]) => {
		const uploads = some.map((id) => ({ id, description: { albumArtist } }));
		const response = await owner.fetch('/api/uploads', {
			method: 'PATCH',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ uploads })
		});
		expect(response.status).toBe(204);
	};

	await describe('Fay', ids[0]);
	const apart = slugs(await tracks('Shared Shore'));
	await describe(null, ids[0]);

	expect(apart).toHaveLength(2);
	expect(slugs(await tracks('Shared Shore'))).toEqual(['shared-shore']);
	const gone = apart.find((slug) => slug !== 'shared-shore');
	const old = await owner.fetch(`/releases/${gone}`, { redirect: 'manual' });
	expect([old.status, old.headers.get('location')]).toEqual([308, '/releases/shared-shore']);
});
