import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Person } from '#contracts/account';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { catalogueInMemory } from '../catalogue/in-memory.ts';
import { NO_METADATA } from '../metadata.ts';
import { peaksPath, renditionPath } from '../renditions.ts';
import { createBin } from './bin.ts';
import { createDrafts } from './drafts.ts';
import { createEraser } from './eraser.ts';
import { Gate } from './gate.ts';
import { Turns } from './turns.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const SHARED = 'aa'.repeat(32);
const ALONE = 'bb'.repeat(32);
const COVER = 'cc'.repeat(32);

let catalogue: Catalogue;
let people: [ada: Person, bo: Person];
let now: number;
let removed: string[];
const covers = new Gate();

const live = { say: async () => {} };
const eraser = () =>
	createEraser({
		...{ catalogue, covers, originals: new Turns(Infinity) },
		storage: {
			originalPath: (sha256) => `originals/${sha256}`,
			remove: async (path) => void removed.push(path)
		},
		coverPath: (hash, size, format) => `covers/${hash}-${size}.${format}`
	});
const bin = (onloose = () => {}) => createBin({ catalogue, live, onloose, now: () => now });

beforeEach(async () => {
	catalogue = await catalogueInMemory();
	[now, removed] = [DAY_MS, []];
	const person = (name: string) =>
		catalogue.people.add({
			...{ name, email: `${name}@portal.test`, role: 'artist', passwordHash: '', now: 0 }
		});
	people = [(await person('Ada'))!, (await person('Bo'))!];
});
afterEach(() => catalogue.close());

let uploads = 0;
async function track({ id: personId }: Person, sha256: string, album?: string) {
	const id = String((uploads += 1)).padStart(32, '0');
	await catalogue.uploads.add({
		...{ id, personId, key: id, name: `${id}.flac`, path: null, size: 1, type: null },
		...{ lastModified: null, sha256: null, publish: true, publishSaid: false },
		...{ description: null, now: 0 }
	});
	const drafts = createDrafts({ catalogue, live });
	return catalogue.transaction((nouns) =>
		drafts.add(nouns, id, {
			tags: { ...NO_METADATA, title: id, album: album ?? null },
			cover: { hash: COVER, color: '#000000' },
			...{ durationMs: 1000, musicbrainz: null, stream: { path: id, type: 'audio/flac' } },
			original: {
				...{ sha256, size: 1, name: 'a.flac', format: 'FLAC', isLossless: true },
				...{ bitsPerSecond: 900_000, hertz: 44_100, depth: 16 }
			}
		})
	);
}

test('what lies in the bin is erased after thirty days, and not before', async () => {
	const [ada] = people;
	const { id } = await track(ada, ALONE, 'Coast');
	const [release] = await catalogue.releases.ownedBy(ada, { limit: 1 });
	await bin().put(ada, { tracks: [id] });

	now += 30 * DAY_MS - 1;
	await bin().sweep();
	const { entries } = await bin().page(ada, null);
	expect(entries).toMatchObject([{ daysLeft: 1, tracks: 1 }]);

	now += 2;
	await bin().sweep();
	expect((await bin().page(ada, null)).entries).toEqual([]);
	expect(await catalogue.originals.ofTrack(id)).toBeNull();
	expect(await catalogue.uploadedReleases.nameOf(release!.id)).toBeNull();
});

test('bytes go when their rows are gone, also when the server died in between', async () => {
	const [ada] = people;
	const { id } = await track(ada, ALONE);
	const entry = await bin().put(ada, { tracks: [id] });
	await bin().erase(ada, entry.id);
	expect(removed).toEqual([]);

	// The next start knows nothing but what is written down.
	await eraser().sweep();

	expect(removed).toEqual(
		expect.arrayContaining([
			...[renditionPath(ALONE, 'aac'), renditionPath(ALONE, 'opus'), peaksPath(ALONE)],
			...[`originals/${ALONE}`, `covers/${COVER}-512.webp`]
		])
	);
	removed = [];
	await eraser().sweep();
	expect(removed).toEqual([]);
});

test('bytes stay that another track has, or had before a better file came', async () => {
	const [ada, bo] = people;
	const mine = await track(ada, SHARED);
	await track(bo, SHARED);
	const better = await track(ada, ALONE);
	const improved = await catalogue.originals.replaceable(better.id);
	await catalogue.originals.improve(better.id, {
		original: {
			...{ sha256: 'dd'.repeat(32), size: 2, name: 'b.flac', format: 'FLAC', isLossless: true },
			...{ bitsPerSecond: 900_000, hertz: 96_000, depth: 24 }
		},
		...{ stream: { path: 'd', type: 'audio/flac' }, durationMs: 1000, musicbrainz: null },
		...{ uploadId: improved!.uploadId, now }
	});
	await catalogue.looseFiles.add([{ kind: 'original', hash: ALONE }]);
	const entry = await bin().put(ada, { tracks: [mine.id] });
	await bin().erase(ada, entry.id);

	await eraser().sweep();

	expect(removed.filter((path) => path.startsWith('originals/'))).toEqual([]);
	expect(removed.filter((path) => path.startsWith('covers/'))).toEqual([]);
	// What was made of the earlier original is of no use to anybody.
	expect(removed).toContain(peaksPath(ALONE));
	expect(removed).not.toContain(peaksPath(SHARED));
});

test('pictures wait while somebody draws one, which may be the same', async () => {
	const [ada] = people;
	const entry = await bin().put(ada, { tracks: [(await track(ada, ALONE)).id] });
	await bin().erase(ada, entry.id);
	const drawing = Promise.withResolvers<void>();
	const drawn = covers.enter(() => drawing.promise);

	await eraser().sweep();
	expect(removed).toContain(`originals/${ALONE}`);
	expect(removed.filter((path) => path.startsWith('covers/'))).toEqual([]);

	drawing.resolve();
	await drawn;
	await eraser().sweep();
	expect(removed).toContain(`covers/${COVER}-96.jpg`);
});

test('the bin has pages, and a cursor that nobody gave begins at the beginning', async () => {
	const [ada] = people;
	for (let at = 0; at < 53; at += 1) {
		now += 1;
		const { id } = await track(ada, at.toString(16).padStart(64, '0'));
		await bin().put(ada, { tracks: [id] });
	}

	const first = await bin().page(ada, null);
	const second = await bin().page(ada, first.next);

	expect([first.entries.length, second.entries.length, second.next]).toEqual([50, 3, null]);
	const all = [...first.entries, ...second.entries].map(({ id }) => id);
	expect(new Set(all).size).toBe(53);
	expect(await bin().page(ada, "' or 1=1")).toEqual(first);
});
