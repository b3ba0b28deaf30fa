import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { catalogueInMemory } from '../catalogue/in-memory.ts';
import { createEraser } from './eraser.ts';
import { Gate } from './gate.ts';
import { Turns } from './turns.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const hash = (letter: string) => letter.repeat(64);
const picture = (letter: string) => ({ hash: hash(letter), color: '#123456' });

let catalogue: Catalogue;
let personId: string;
let erased: Set<string>;
let clock = 0;

beforeEach(async () => {
	catalogue = await catalogueInMemory();
	erased = new Set();
	clock = 0;
	const ada = { email: 'ada@portal.test', name: 'Ada', role: 'artist', passwordHash: '' } as const;
	personId = (await catalogue.people.add({ ...ada, now: 0 }))!.id;
});
afterEach(() => catalogue.close());

const eraser = () =>
	createEraser({
		catalogue,
		storage: {
			originalPath: (sha256) => `originals/${sha256}`,
			remove: async (relative) => void erased.add(relative.split('/')[1] ?? '')
		},
		originals: new Turns(Infinity),
		covers: new Gate(),
		coverPath: (of) => `covers/${of}`,
		now: () => clock
	});

async function release(title: string) {
	const artist = await catalogue.artists.findOrAdd('Ada', 0);
	return catalogue.uploadedReleases.findOrAdd({ ownerId: personId, artistId: artist.id, title }, 0);
}

test('a picture that its release has no more is erased, unless something else has it', async () => {
	const [coast, sea] = [await release('Coast'), await release('Sea')];
	await catalogue.uploadedReleases.setCover(coast.id, picture('a'));
	await catalogue.uploadedReleases.setCover(sea.id, picture('a'));
	await catalogue.uploadedReleases.setCover(coast.id, picture('b'));
	await eraser().sweep();
	expect([...erased]).toEqual([]);

	await catalogue.uploadedReleases.setCover(sea.id, null);
	await eraser().sweep();
	expect([...erased]).toEqual([hash('a')]);

	// Its last track went elsewhere.
	await catalogue.uploadedReleases.settle(coast.id);
	await eraser().sweep();
	expect([...erased]).toEqual([hash('a'), hash('b')]);
});

test('a posted picture has a month to be used; what is said of an upload is use enough', async () => {
	const said = { cover: hash('b') };
	for (const letter of ['a', 'b', 'c']) {
		await catalogue.covers.addOnce(personId, picture(letter), 0);
	}
	await catalogue.uploads.add({
		...{ id: 'one', personId, key: 'k', name: 'a.mp3', path: null, size: 1, type: null, now: 0 },
		...{ lastModified: null, sha256: null, publish: false, publishSaid: false, description: said }
	});
	await catalogue.folderCovers.place(personId, 'Coast', {
		...{ name: 'cover.jpg', size: 1 },
		cover: picture('c')
	});
	const sweeping = eraser();

	clock = 29 * DAY_MS;
	await sweeping.sweep();
	expect([...erased]).toEqual([]);

	clock = 31 * DAY_MS;
	await sweeping.sweep();
	expect([...erased]).toEqual([hash('a')]);
});

test('who posts a picture again has a month again', async () => {
	await catalogue.covers.addOnce(personId, picture('a'), 0);
	clock = 31 * DAY_MS;
	await catalogue.covers.addOnce(personId, picture('a'), clock);

	await eraser().sweep();

	expect([...erased]).toEqual([]);
	expect(await catalogue.covers.isFrom(personId, hash('a'))).toBe(true);
});
