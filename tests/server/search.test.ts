import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Found } from '#contracts/search';
import { makeMusic, makeSong } from '../support/music.ts';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';
import { retryUntil } from '../support/until.ts';

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;

beforeAll(async () => {
	({ portal, close } = await startPortal());
	owner = await portal.signIn();
	const songs = [
		{ title: 'Harbour Lights', artist: 'Ada Lind', album: 'Coast', genre: 'Dub' },
		{ title: 'Ελλάδα Μου', artist: 'Ёлка', album: 'Zürich' },
		{ title: "L'Été indien", artist: 'The The', album: 'Dusk', genre: 'dub' }
	];
	for (const [n, tags] of songs.entries()) {
		const bytes = await makeMusic({ format: 'mp3', hertz: 300 + 70 * n, tags });
		await owner.outcome(await owner.send(`${n}.mp3`, bytes));
	}
	const draft = await makeMusic({ format: 'mp3', hertz: 700, tags: { title: 'Harbour Secret' } });
	await owner.outcome(await owner.send('secret.mp3', draft, { publish: false }));
});
afterAll(() => close());

const find = async (query: string, client = portal.visitor) => {
	const response = await client.fetch(`/api/search?q=${encodeURIComponent(query)}`);
	expect(response.status).toBe(200);
	return (await response.json()) as Found;
};
const titles = async (query: string, client?: Client) =>
	(await find(query, client)).tracks.map(({ title }) => title);

test.each([
	['the beginning of a word', 'harb', 'Harbour Lights'],
	['words in any order, of title, artist and release', 'coast lind harbour', 'Harbour Lights'],
	['a letter left out', 'harbur', 'Harbour Lights'],
	['two letters exchanged', 'habrour lights', 'Harbour Lights'],
	['Greek without its accents', 'ελλαδα', 'Ελλάδα Μου'],
	['Cyrillic in the other case', 'елка', 'Ελλάδα Μου'],
	['what stands behind an apostrophe', 'ete', "L'Été indien"],
	['its umlaut left out', 'zurich', 'Ελλάδα Μου']
])('a track is found by %s', async (_, query, title) => {
	expect(await titles(query)).toEqual([title]);
});

test('artists and releases are found by their names', async () => {
	const { artists, releases } = await find('the the');
	expect(artists.map(({ name }) => name)).toEqual(['The The']);
	expect(releases.map(({ title }) => title)).toEqual(['Dusk']);
});

test('a draft is found by its artist and by nobody else', async () => {
	expect(await titles('harbour secret', owner)).toContain('Harbour Secret');
	expect(await titles('secret')).toEqual([]);
	expect(await titles('harbour')).toEqual(['Harbour Lights']);
});

test.each(['', '   ', '"', 'NEAR(a b', 'words:x OR *', 'a AND', "';--", '\0', '!!!', '\u{d800}x'])(
	'a search for %j is a search and never an error',
	async (query) => {
		await find(query.toWellFormed());
		const page = await portal.visitor.fetch(
			`/search?q=${encodeURIComponent(query.toWellFormed())}`
		);
		expect(page.status).toBe(200);
	}
);

test('a query of 10 kB is answered, and a limit that is no number is refused', async () => {
	await find('ab'.repeat(5_000));
	expect((await portal.visitor.fetch('/api/search?q=a&limit=x')).status).toBe(400);
});

test('releases go on page by page, and a cursor that was made up begins at the beginning', async () => {
	const list = async (more: string) => {
		const answer = await portal.visitor.fetch(`/api/browse/releases?${more}`);
		expect(answer.status).toBe(200);
		return ((await answer.json()) as { releases: { title: string }[] }).releases.map(
			({ title }) => title
		);
	};
	expect(await list('sort=title')).toEqual(['Coast', 'Dusk', 'Zürich']);
	expect(await list('sort=new')).toEqual(['Dusk', 'Zürich', 'Coast']);
	const place = Buffer.from(JSON.stringify([1, {}])).toString('base64url');
	for (const cursor of ['x', place, '%00', 'W10']) {
		expect(await list(`sort=title&cursor=${cursor}`)).toHaveLength(3);
	}
});

test('two spellings of a genre are one shelf', async () => {
	await retryUntil(
		async () => (await portal.visitor.fetch('/genres/dub')).status,
		(status) => status === 200
	);
	const answer = await portal.visitor.fetch('/api/browse/releases?genre=dub&sort=title');
	const { releases } = (await answer.json()) as { releases: { title: string }[] };
	expect(releases.map(({ title }) => title)).toEqual(['Coast', 'Dusk']);
	expect((await portal.visitor.fetch('/genres/no-such-thing')).status).toBe(404);
});

test('the page shows a few of each kind, and all of one that is asked for', async () => {
	const waves = Array.from({ length: 8 }, (_, n) => `Wave ${n + 1}`);
	for (const artist of waves) {
		const song = await makeSong({ title: 'Shore', artist, album: 'Tides' });
		await owner.outcome(await owner.send(`${artist}.mp3`, song));
	}
	const shown = async (asked: string) => {
		const page = await (await portal.visitor.fetch(`/search?q=wave${asked}`)).text();
		return {
			artists: new Set(page.match(/\/artists\/wave-\d"/g)).size,
			hasTracks: page.includes('/tracks/shore'),
			links: [...page.matchAll(/href="[./]*search(\?[^"]*)"/g)].map(([, address]) => address)
		};
	};
	await retryUntil(
		() => find('wave'),
		({ artists }) => artists.length === waves.length
	);
	const all = { artists: waves.length, hasTracks: false, links: ['?q=wave'] };
	expect(await shown('')).toMatchObject({
		hasTracks: true,
		links: ['?q=wave&amp;only=artists', '?q=wave&amp;only=releases']
	});
	expect(await shown('&only=artists')).toEqual(all);
	expect(await shown('&only=nonsense')).toEqual(await shown(''));
});
