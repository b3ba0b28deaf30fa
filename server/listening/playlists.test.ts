import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Person } from '#contracts/account';
import { MAX_PLAYLIST_ITEMS, type PlaylistChange, type PlaylistPage } from '#contracts/playlist';
import { problemCode } from '#contracts/problem';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { catalogueInMemory } from '../catalogue/in-memory.ts';
import { addPerson, addTrack } from '../catalogue/sample-music.ts';
import { createPlaylists } from './playlists.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let catalogue: Catalogue;
let playlists: ReturnType<typeof createPlaylists>;
let keeper: Person;
let songs: string[];
let now = 0;
let told: { personId: string | null; version: number }[] = [];
let friend: Person;

beforeAll(async () => {
	catalogue = await catalogueInMemory();
	keeper = await addPerson(catalogue, 'artist');
	friend = await addPerson(catalogue, 'listener');
	songs = [];
	for (let at = 0; at < 5; at++) {
		songs.push(await addTrack(catalogue, { owner: keeper, title: `Song ${at}` }));
	}
});
afterAll(() => catalogue.close());
beforeEach(() => {
	now = 0;
	told = [];
	playlists = createPlaylists({
		catalogue,
		live: {
			say: async (personId, event) => {
				if (event.type === 'playlist_changed') told.push({ personId, version: event.version });
			}
		},
		now: () => now
	});
});

const make = () => playlists.create(keeper, { name: 'Late', text: '', visibility: 'private' });
const change = (id: string, asked: PlaylistChange) => playlists.change(keeper, id, asked);
const read = async (id: string, limit = MAX_PLAYLIST_ITEMS): Promise<PlaylistPage> => {
	const page = await catalogue.playlists.read({ id }, keeper, { limit, cursor: null });
	if (!page) throw new Error('no such playlist');
	return page;
};
const order = async (id: string) => (await read(id)).items.map((item) => item.id);
const refusal = (work: Promise<unknown>) => work.then(() => null, problemCode);

/** A playlist with so many items. */
async function filled(count: number) {
	const { id } = await make();
	const add = Array.from({ length: count }, (_, at) => songs[at % songs.length] ?? '');
	const { version, added } = await change(id, { version: 1, add });
	return { id, version, items: added.map(({ itemId }) => itemId) };
}

test('what is added stands at the end, in its order', async () => {
	const { id, items, version } = await filled(3);

	const { added } = await change(id, { version, add: [songs[4] ?? ''] });

	expect(await order(id)).toEqual([...items, added[0]?.itemId]);
	expect((await read(id)).itemCount).toBe(4);
});

test('what is there already is not added once more unawares, and what was taken out is not there', async () => {
	const { id, version, items } = await filled(3);
	const [first = '', second = '', , , other = ''] = songs;
	const add = [second, other, first, second];

	const asked = await change(id, { version, add, once: true });
	expect(asked).toEqual({ version, base: version, added: [], there: [second, first] });
	expect(await order(id)).toEqual(items);

	await change(id, { version, remove: items.slice(0, 2) });
	const { added, there } = await change(id, { version, add, once: true });
	expect(there).toEqual([]);
	expect(added).toHaveLength(4);
	expect((await change(id, { version, add })).added).toHaveLength(4);
});

test('adding and taking out happen on an older version too', async () => {
	const { id, version, items } = await filled(3);
	await change(id, { version, remove: [items[0] ?? ''] });

	const { base, added } = await change(id, {
		version,
		add: [songs[0] ?? ''],
		remove: [items[0] ?? '', items[1] ?? '']
	});

	expect(base).toBe(version + 1);
	expect(await order(id)).toEqual([items[2], added[0]?.itemId]);
});

test('a move behind something that moved meanwhile is refused, and nothing of that change happens', async () => {
	const { id, version, items } = await filled(3);
	const [a = '', b = '', c = ''] = items;
	await change(id, { version, move: [{ itemId: a, after: c }] });

	const stale = { version, move: [{ itemId: b, after: a }], add: [songs[0] ?? ''] };

	expect(await refusal(change(id, stale))).toBe('playlist_changed');
	expect(await order(id)).toEqual([b, c, a]);
});

test('moves of other things happen both', async () => {
	const { id, version, items } = await filled(4);
	const [a = '', b = '', c = '', d = ''] = items;
	await change(id, { version, move: [{ itemId: a, after: b }] });

	await change(id, { version, move: [{ itemId: d, after: c }] });
	const behindWhatMoved = { version, move: [{ itemId: c, after: d }] };

	expect(await refusal(change(id, behindWhatMoved))).toBe('playlist_changed');
	expect(await order(id)).toEqual([b, a, c, d]);
});

test('two names at once: the second is refused; a name and a text happen both', async () => {
	const { id, version } = await filled(1);
	await change(id, { version, name: 'Early' });

	expect(await refusal(change(id, { version, name: 'Later' }))).toBe('playlist_changed');
	await change(id, { version, text: 'For the train' });

	expect(await read(id)).toMatchObject({ name: 'Early', text: 'For the train' });
});

test('what was taken out comes back to where it was', async () => {
	const { id, version, items } = await filled(3);
	const removed = await change(id, { version, remove: [items[1] ?? ''] });

	await change(id, { version: removed.version, restore: [items[1] ?? ''] });

	expect(await order(id)).toEqual(items);
});

test('things that are moved between the same two for ever find room', async () => {
	const { id, items, version } = await filled(4);
	const [a = '', b = '', c = '', d = ''] = items;
	let seen = version;
	for (let at = 0; at < 60; at++) {
		const itemId = at % 2 === 0 ? c : d;
		({ version: seen } = await change(id, { version: seen, move: [{ itemId, after: a }] }));
	}

	expect(await order(id)).toEqual([a, d, c, b]);
});

test('ten thousand fit and one more does not, and part by part all of them are read', async () => {
	const { id, version } = await filled(MAX_PLAYLIST_ITEMS);

	expect(await refusal(change(id, { version, add: [songs[0] ?? ''] }))).toBe('playlist_full');
	let cursor: string | null = null;
	let count = 0;
	do {
		const part: PlaylistPage | null = await catalogue.playlists.read({ id }, keeper, {
			limit: 200,
			cursor
		});
		count += part?.items.length ?? 0;
		cursor = part?.next ?? null;
	} while (cursor !== null);
	expect(count).toBe(MAX_PLAYLIST_ITEMS);
}, 30_000);

test('what is no longer here is named to the keeper and left out for others', async () => {
	const [fan, guest] = [
		await addPerson(catalogue, 'listener'),
		await addPerson(catalogue, 'listener')
	];
	const { id } = await playlists.create(fan, { name: 'Old', text: '', visibility: 'public' });
	await playlists.change(fan, id, { version: 1, add: songs.slice(0, 2) });
	await catalogue.uploadedTracks.show(songs[0] ?? '', 'draft');

	const part = { limit: 9, cursor: null };
	const kept = await catalogue.playlists.read({ id }, fan, part);
	const seen = await catalogue.playlists.read({ id }, guest, part);
	await catalogue.uploadedTracks.show(songs[0] ?? '', 'public');

	expect(kept?.items.map(({ title, track }) => [title, track?.id])).toEqual([
		['Song 0', undefined],
		['Song 1', songs[1]]
	]);
	expect(seen?.items.map(({ title }) => title)).toEqual(['Song 1']);
});

test('a playlist of somebody else’s is unknown, to read when it is private and to change always', async () => {
	const { id } = await filled(1);
	const guest = await addPerson(catalogue, 'owner');

	expect(await catalogue.playlists.read({ id }, guest, { limit: 9, cursor: null })).toBeNull();
	expect(await refusal(playlists.change(guest, id, { version: 2, name: 'Mine' }))).toBe(
		'not_found'
	);
	expect(await refusal(playlists.remove(guest, id))).toBe('not_found');
});

test('a deleted playlist is unknown until it is put back, and gone after thirty days', async () => {
	const { id, items } = await filled(2);
	now = DAY_MS;
	await playlists.remove(keeper, id);
	expect(await refusal(change(id, { version: 2, name: 'Again' }))).toBe('not_found');
	await playlists.restore(keeper, id);
	expect(await order(id)).toEqual(items);

	await playlists.remove(keeper, id);
	now += 31 * DAY_MS;
	await playlists.sweep();

	expect(await refusal(playlists.restore(keeper, id))).toBe('not_found');
});

test('each version is told once to its keeper', async () => {
	const { id, version, items } = await filled(1);
	await change(id, { version, remove: [items[0] ?? ''] });
	await change(id, { version, remove: [items[0] ?? ''] });

	expect(told).toEqual([1, 2, 3].map((version) => ({ personId: keeper.id, version })));
});

/** What an editor does next, by numbers that are made sense of when it is done. */
const step = fc.record({
	editor: fc.integer({ min: 0, max: 1 }),
	kind: fc.constantFrom('add', 'remove', 'move', 'restore', 'look'),
	one: fc.nat(20),
	other: fc.nat(20)
});

test('however two editors work across each other, nothing that was added is lost and there is one order', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 24 }), async (steps) => {
			const { id, version, items } = await filled(3);
			const expected = new Set(items);
			const sees = [0, 1].map(() => ({ version, items: [...items], gone: [] as string[] }));
			for (const { editor, kind, one, other } of steps) {
				const mine = sees[editor];
				if (!mine) continue;
				const pick = (from: readonly string[], at: number) => from[at % Math.max(1, from.length)];
				const itemId = pick(mine.items, one);
				const after = pick(mine.items, other) ?? null;
				const asked: PlaylistChange = { version: mine.version };
				if (kind === 'add') asked.add = [songs[one % songs.length] ?? ''];
				if (kind === 'remove' && itemId) asked.remove = [itemId];
				if (kind === 'restore' && mine.gone[0]) asked.restore = [mine.gone[0]];
				if (kind === 'move' && itemId && itemId !== after) asked.move = [{ itemId, after }];
				let isRefused = false;
				if (kind !== 'look') {
					try {
						const { added } = await change(id, asked);
						for (const { itemId } of added) expected.add(itemId);
					} catch (error) {
						// Nothing else contradicts anything.
						expect([problemCode(error), kind]).toEqual(['playlist_changed', 'move']);
						isRefused = true;
					}
				}
				for (const gone of asked.remove ?? []) expected.delete(gone);
				for (const back of asked.restore ?? []) expected.add(back);
				if (asked.remove) mine.gone = [...asked.remove];
				// Each looks only now and then: in between they work on what they saw.
				if (kind !== 'look' && !isRefused) continue;
				const page = await read(id);
				mine.version = page.version;
				mine.items = page.items.map((item) => item.id);
			}
			const final = await order(id);
			expect([...final].sort()).toEqual([...expected].sort());
			expect(new Set(final).size).toBe(final.length);
			const page = await read(id, 2);
			expect(page.items.map((item) => item.id)).toEqual(final.slice(0, 2));
			expect(page.itemCount).toBe(final.length);
		}),
		{ numRuns: 40 }
	);
}, 30_000);

/** One that others may change, with so many items. */
async function open(count: number) {
	const { id, version, items } = await filled(count);
	const opened = await change(id, { version, visibility: 'unlisted', isOpen: true });
	return { id, version: opened.version, items };
}
const seenBy = async (person: Person, id: string) =>
	catalogue.playlists.read({ id }, person, { limit: MAX_PLAYLIST_ITEMS, cursor: null });
const ownOf = async (person: Person) => {
	const asked = { limit: 50, cursor: null, joined: true };
	return (await catalogue.playlists.page(person, asked)).playlists.map(({ id }) => id);
};

test('what is in an open playlist others change too, and nothing else of it', async () => {
	const { id, version, items } = await open(3);

	const [first = '', second = ''] = items;
	await playlists.change(friend, id, {
		...{ version, add: [songs[4] ?? ''], remove: [second] },
		move: [{ itemId: items[2] ?? '', after: null }]
	});

	expect(await order(id)).toEqual([items[2], first, expect.any(String)]);
	for (const asked of [{ name: 'Mine' }, { visibility: 'public' as const }, { isOpen: false }]) {
		expect(await refusal(playlists.change(friend, id, { version, ...asked }))).toBe('forbidden');
	}
	expect(await refusal(playlists.remove(friend, id))).toBe('not_found');
	expect(await seenBy(friend, id)).toMatchObject({ isOwn: false, mayChange: true });
});

test('two people who change an open playlist at once lose nothing, and what contradicts is refused', async () => {
	const { id, version, items } = await open(3);
	const [first = '', second = '', third = ''] = items;

	await change(id, { version, add: [songs[3] ?? ''], move: [{ itemId: first, after: third }] });
	await playlists.change(friend, id, { version, add: [songs[4] ?? ''] });

	expect((await read(id)).items.map((item) => item.title).slice(-2)).toEqual(['Song 3', 'Song 4']);
	const late = { version, move: [{ itemId: second, after: first }] };
	expect(await refusal(playlists.change(friend, id, late))).toBe('playlist_changed');
});

test('whoever joins an open playlist has it among their own and hears of it, until they leave', async () => {
	const { id, version } = await open(1);
	await playlists.join(friend, id);
	told = [];

	await change(id, { version, add: [songs[1] ?? ''] });

	expect(told.map(({ personId }) => personId).sort()).toEqual([keeper.id, friend.id].sort());
	expect(await ownOf(friend)).toContain(id);
	expect(await seenBy(friend, id)).toMatchObject({ hasJoined: true });
	await playlists.leave(friend, id);
	expect(await ownOf(friend)).not.toContain(id);
	told = [];
	await change(id, { version: version + 1, add: [songs[2] ?? ''] });
	expect(told.map(({ personId }) => personId)).toEqual([keeper.id]);
});

test('a playlist that is closed or private again is its keeper’s alone', async () => {
	for (const asked of [{ isOpen: false }, { visibility: 'private' as const }]) {
		const { id, version } = await open(1);
		await playlists.join(friend, id);
		told = [];
		const closed = await change(id, { version, ...asked });
		expect(told.map(({ personId }) => personId)).toContain(friend.id);
		told = [];
		await change(id, { version: closed.version, name: 'Mine alone' });
		expect(told.map(({ personId }) => personId)).toEqual([keeper.id]);

		const add = { version: closed.version, add: [songs[1] ?? ''] };
		expect(await refusal(playlists.change(friend, id, add))).toBe('not_found');
		expect(await refusal(playlists.join(friend, id))).toBe('not_found');
		expect(await ownOf(friend)).not.toContain(id);
	}
});

test('a playlist that was never opened is changed by nobody else', async () => {
	const { id, version } = await filled(1);
	await change(id, { version, visibility: 'public' });

	const add = { version: version + 1, add: [songs[1] ?? ''] };
	expect(await refusal(playlists.change(friend, id, add))).toBe('not_found');
});
