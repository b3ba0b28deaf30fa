import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Person } from '#contracts/account';
import type { Description } from '#contracts/upload';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { catalogueInMemory } from '../catalogue/in-memory.ts';
import { NO_METADATA, type Metadata } from '../metadata.ts';
import { createDrafts, type FoundMusic } from './drafts.ts';

let catalogue: Catalogue;
let ada: Person;
let drafts: ReturnType<typeof createDrafts>;

beforeEach(async () => {
	catalogue = await catalogueInMemory();
	const person = { name: 'Ada', email: 'ada@portal.test', role: 'artist' } as const;
	ada = (await catalogue.people.add({ ...person, passwordHash: '', now: 0 }))!;
	drafts = createDrafts({ catalogue, live: { say: async () => {} } });
});
afterEach(() => catalogue.close());

/** An upload whose bytes are here. */
async function upload(
	id: string,
	{ description = null, path = null, personId = ada.id }: UploadSaid = {}
) {
	await catalogue.uploads.add({
		...{ id, personId, key: id, name: `${id}.flac`, path, size: 1, type: null },
		...{ lastModified: null, sha256: null, publish: false, publishSaid: false, description, now: 0 }
	});
}

interface UploadSaid {
	description?: Description | null;
	path?: string | null;
	personId?: string;
}

const found = (id: string, tags: Partial<Metadata> = {}): FoundMusic => ({
	tags: { ...NO_METADATA, ...tags },
	cover: null,
	durationMs: 1000,
	musicbrainz: null,
	original: {
		...{ sha256: id, size: 1, name: `${id}.flac`, format: 'FLAC' },
		...{ isLossless: true, bitsPerSecond: 900_000, hertz: 44_100, depth: 16 }
	},
	stream: { path: id, type: 'audio/flac' }
});

const add = (id: string, tags?: Partial<Metadata>) =>
	catalogue.transaction((nouns) => drafts.add(nouns, id, found(id, tags)));

test('what is said while a file is prepared is what its track says', async () => {
	await upload('a');
	const music = found('a', { title: 'Tag' });

	await drafts.describeAll(ada, { uploads: [{ id: 'a', description: { title: 'Said' } }] });
	await drafts.publish(ada, { ids: ['a'], publish: true });
	const { id } = await catalogue.transaction((nouns) => drafts.add(nouns, 'a', music));

	const track = await catalogue.tracks.byId(id, ada);
	expect(track).toMatchObject({ title: 'Said', visibility: 'public' });
});

test('a release has the date and the genre of most of its tracks', async () => {
	const tags = { album: 'Coast', date: '2019', genre: 'Dub' };
	for (const id of ['a', 'b', 'c']) await upload(id);
	await add('a', { ...tags, date: '2003', genre: 'Jazz' });
	await add('b', tags);
	await add('c', tags);

	const [release] = await catalogue.releases.ownedBy(ada, { limit: 10 });

	expect(release).toMatchObject({ date: '2019', year: 2019, genre: 'Dub' });
});

test('an artist’s own releases say how many of their tracks are drafts', async () => {
	for (const id of ['a', 'b', 'c']) await upload(id);
	for (const id of ['a', 'b']) await add(id, { album: 'Coast' });
	await add('c', { album: 'Night' });
	await drafts.publish(ada, { ids: ['a', 'c'], publish: true });

	const releases = await catalogue.releases.ownedBy(ada, { limit: 10 });

	const drafted = releases.map(({ title, trackCount, draftCount }) => [
		title,
		trackCount,
		draftCount
	]);
	expect(drafted.sort()).toEqual([
		['Coast', 2, 1],
		['Night', 1, 0]
	]);
	expect(await catalogue.releases.latest({ limit: 10 })).toEqual([
		expect.not.objectContaining({ draftCount: expect.anything() }),
		expect.not.objectContaining({ draftCount: expect.anything() })
	]);
});

test('a release that is spelt anew is the same release', async () => {
	await upload('a');
	await add('a', { album: 'coast' });
	const [before] = await catalogue.releases.ownedBy(ada, { limit: 10 });

	await drafts.describeAll(ada, { uploads: [{ id: 'a', description: { album: 'COAST' } }] });

	expect(await catalogue.releases.ownedBy(ada, { limit: 10 })).toEqual([
		{ ...before, title: 'COAST' }
	]);
});

test('a release that lost its last track is gone: its name begins anew', async () => {
	for (const id of ['a', 'b']) await upload(id);
	await add('a', { album: 'Coast' });
	const [before] = await catalogue.releases.ownedBy(ada, { limit: 10 });

	await drafts.describeAll(ada, { uploads: [{ id: 'a', description: { album: null } }] });
	await add('b', { album: 'Coast' });

	const [after] = await catalogue.releases.ownedBy(ada, { limit: 10 });
	expect(after?.slug).toBe('coast');
	expect(after?.id).not.toBe(before?.id);
});

test('two releases that get one new name become one', async () => {
	for (const id of ['a', 'b']) await upload(id);
	await add('a', { album: 'One' });
	await add('b', { album: 'Two' });

	const description = { album: 'Both' };
	await drafts.describeAll(ada, {
		uploads: [
			{ id: 'a', description },
			{ id: 'b', description }
		]
	});

	expect(await catalogue.releases.ownedBy(ada, { limit: 10 })).toMatchObject([
		{ title: 'Both', trackCount: 2 }
	]);
});

describe('music of a folder of which nobody says whose release it is', () => {
	type Song = [id: string, artist: string | null, said?: UploadSaid & { tags?: Partial<Metadata> }];

	async function addAll(songs: readonly Song[]) {
		for (const [id, artist, { tags, ...said } = {}] of songs) {
			await upload(id, { path: `Coast/${id}.flac`, ...said });
			await add(id, { album: 'Coast', artist, ...tags });
		}
	}
	const releases = async (owner = ada) =>
		(await catalogue.releases.ownedBy(owner, { limit: 100 }))
			.map(({ title, artist, trackCount }) => [title, artist, trackCount])
			.sort();
	const say = (description: Description, ...ids: string[]) =>
		drafts.describeAll(ada, { uploads: ids.map((id) => ({ id, description })) });
	const theOne = async () => (await catalogue.releases.ownedBy(ada, { limit: 2 }))[0];

	const several: Song[] = [
		['a', 'Bea'],
		['b', 'Cleo', { path: 'Coast/CD 1/b.flac' }],
		['c', 'Bea', { path: 'Coast/Disc 2/c.flac', tags: { album: 'COAST' } }],
		['d', null, { path: 'Coast/disk02/d.flac' }]
	];
	test.each(
		permutations(several).map((songs) => [songs.map(([id]) => id).join(''), songs] as const)
	)('is one release of various artists in the order %s', async (_, songs) => {
		await addAll(songs);

		const title = expect.stringMatching(/^coast$/i);
		expect(await releases()).toEqual([[title, 'Various Artists', 4]]);
	});

	test('is its artist’s when there is one, guests and those of whom nothing is known aside', async () => {
		await addAll([
			['a', 'Bea feat. Cleo'],
			['b', null],
			['c', 'BEA'],
			['d', 'Bea (ft. Dora & Eve)']
		]);

		expect(await releases()).toEqual([['Coast', 'Bea', 4]]);
	});

	test('is its person’s when nobody names an artist', async () => {
		await addAll([
			['a', null],
			['b', null]
		]);

		expect(await releases()).toEqual([['Coast', 'Ada', 2]]);
	});

	test('keeps its address, its spelling and its cover when a second artist comes', async () => {
		await addAll([['a', 'Bea']]);
		const before = await theOne();
		await catalogue.uploadedReleases.setCover(before?.id ?? '', { hash: 'h', color: '#000' });

		await addAll([['b', 'Cleo', { tags: { album: 'COAST' } }]]);

		const { id, slug, title } = before ?? {};
		expect(await theOne()).toMatchObject({ id, slug, title, artist: 'Various Artists' });
		expect((await theOne())?.coverUrl).toBe('/media/covers/h/512.webp');
	});

	test('has one artist again when the other leaves, under the same address', async () => {
		await addAll([
			['a', 'Bea'],
			['b', 'Bea'],
			['c', 'Cleo']
		]);
		const before = await theOne();

		await say({ albumArtist: 'Cleo' }, 'c');

		expect(await releases()).toEqual([
			['Coast', 'Bea', 2],
			['Coast', 'Cleo', 1]
		]);
		expect(await catalogue.releases.bySlug(before?.slug ?? '', ada)).toMatchObject({
			id: before?.id,
			artist: 'Bea'
		});
		await say({ albumArtist: null }, 'c');
		expect(await releases()).toEqual([['Coast', 'Various Artists', 3]]);
		expect(await theOne()).toMatchObject({ id: before?.id, slug: before?.slug });
	});

	test('goes as a whole to an album artist who is said, and back, under the same address', async () => {
		await addAll([
			['a', 'Bea'],
			['b', 'Cleo']
		]);
		const before = await theOne();

		await say({ albumArtist: 'The Coast Crew' }, 'a', 'b');
		expect(await releases()).toEqual([['Coast', 'The Coast Crew', 2]]);
		await say({ albumArtist: null }, 'a', 'b');

		expect(await releases()).toEqual([['Coast', 'Various Artists', 2]]);
		expect((await theOne())?.slug).toBe(before?.slug);
	});

	test('is of the artist that is said for a track', async () => {
		await addAll([
			['a', 'Bea'],
			['b', 'Bae']
		]);

		await say({ artist: 'Bea' }, 'b');

		expect(await releases()).toEqual([['Coast', 'Bea', 2]]);
	});

	test('gets a new title as a whole, and loses one track to another title alone', async () => {
		await addAll([
			['a', 'Bea'],
			['b', 'Cleo'],
			['c', 'Cleo']
		]);
		const before = await theOne();

		await say({ album: 'Shore' }, 'a', 'b', 'c');
		expect(await theOne()).toMatchObject({ title: 'Shore', slug: before?.slug, trackCount: 3 });
		await say({ album: 'Night' }, 'a');

		expect(await releases()).toEqual([
			['Night', 'Bea', 1],
			['Shore', 'Cleo', 2]
		]);
	});

	test('is another than that of another folder, title or person, and of loose files', async () => {
		const bob = (await catalogue.people.add({
			...{ name: 'Bob', email: 'bob@portal.test', role: 'artist', passwordHash: '', now: 0 }
		}))!;
		await addAll([
			['a', 'Bea'],
			['b', 'Cleo', { path: 'Other/b.flac' }],
			['c', 'Dora', { tags: { album: 'Night' } }],
			['d', 'Eve', { path: null }],
			['e', 'Fay', { tags: { albumArtist: 'Fay' } }],
			['f', 'Gus', { personId: bob.id }]
		]);

		expect(await releases()).toEqual([
			['Coast', 'Bea', 1],
			['Coast', 'Cleo', 1],
			['Coast', 'Eve', 1],
			['Coast', 'Fay', 1],
			['Night', 'Dora', 1]
		]);
		expect(await releases(bob)).toEqual([['Coast', 'Gus', 1]]);
	});

	test('meets a release that has its name already, and leaves nothing empty behind', async () => {
		await addAll([
			['a', 'Bea', { tags: { albumArtist: 'Various Artists' } }],
			['b', 'Bea'],
			['c', 'Cleo']
		]);

		expect(await releases()).toEqual([['Coast', 'Various Artists', 3]]);
	});

	test('leaves those behind that are said to be of the artist it had', async () => {
		await addAll([
			['a', 'Bea', { tags: { albumArtist: 'Bea' } }],
			['b', 'Bea'],
			['c', 'Cleo']
		]);

		expect(await releases()).toEqual([
			['Coast', 'Bea', 1],
			['Coast', 'Various Artists', 2]
		]);
	});
});

function permutations<T>(items: readonly T[]): T[][] {
	if (items.length < 2) return [[...items]];
	return items.flatMap((item, at) =>
		permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest])
	);
}
