import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Person } from '#contracts/account';
import type { Description } from '#contracts/upload';
import { openCatalogue, type Catalogue } from '../catalogue/catalogue.ts';
import { NO_METADATA, type Metadata } from '../metadata.ts';
import { createDrafts, type FoundMusic } from './drafts.ts';

let catalogue: Catalogue;
let ada: Person;
let drafts: ReturnType<typeof createDrafts>;

beforeEach(async () => {
	catalogue = await openCatalogue({ file: ':memory:' });
	const person = { name: 'Ada', email: 'ada@portal.test', role: 'artist' } as const;
	ada = (await catalogue.people.add({ ...person, passwordHash: '', now: 0 }))!;
	drafts = createDrafts({ catalogue, live: { say: async () => {} } });
});
afterEach(() => catalogue.close());

/** An upload whose bytes are here. */
async function upload(id: string, description: Description | null = null) {
	await catalogue.uploads.add({
		...{ id, personId: ada.id, key: id, name: `${id}.flac`, path: null, size: 1, type: null },
		...{ sha256: null, publish: false, publishSaid: false, description, now: 0 }
	});
}

const found = (id: string, tags: Partial<Metadata> = {}): FoundMusic => ({
	tags: { ...NO_METADATA, ...tags },
	cover: null,
	durationMs: 1000,
	original: { sha256: id, size: 1, name: `${id}.flac`, format: 'FLAC' },
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
