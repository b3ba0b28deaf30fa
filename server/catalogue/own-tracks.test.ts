import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Catalogue } from './catalogue.ts';
import { catalogueInMemory } from './in-memory.ts';
import { addPerson, addTrack } from './sample-music.ts';

let catalogue: Catalogue;

beforeEach(async () => (catalogue = await catalogueInMemory()));
afterEach(() => catalogue.close());

test('one’s own music comes page by page, newest first, drafts too, and nothing of others', async () => {
	const [ada, bea] = [await addPerson(catalogue, 'artist'), await addPerson(catalogue, 'artist')];
	const added: string[] = [];
	for (const now of [1, 2, 2, 2, 3]) {
		const visibility = now === 3 ? 'draft' : 'public';
		added.push(await addTrack(catalogue, { owner: ada, now, visibility }));
		await addTrack(catalogue, { owner: bea, now });
	}

	const pages: string[][] = [];
	let cursor: string | null = null;
	do {
		const page = await catalogue.tracks.ownedBy(ada, { limit: 2, cursor });
		pages.push(page.tracks.map(({ id }) => id));
		cursor = page.next;
	} while (cursor !== null);

	const [oldest, ...rest] = added;
	const newest = rest.pop();
	expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
	expect(pages.flat()).toEqual([newest, ...rest.sort().reverse(), oldest]);
});
