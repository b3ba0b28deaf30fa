import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Person } from '#contracts/account';
import { Problem } from '#contracts/problem';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { catalogueInMemory } from '../catalogue/in-memory.ts';
import { createDrafts } from './drafts.ts';
import { NO_METADATA } from '../metadata.ts';
import { createIntake, type IntakeOptions } from './intake.ts';
import { createRegistration } from './registration.ts';

let catalogue: Catalogue;
let ada: Person;

beforeEach(async () => {
	catalogue = await catalogueInMemory();
	const person = { name: 'Ada', email: 'ada@portal.test', role: 'artist' } as const;
	ada = (await catalogue.people.add({ ...person, passwordHash: '', now: 0 }))!;
});
afterEach(() => catalogue.close());

const partials = {
	add: async () => {},
	ensure: async () => {},
	remove: async () => {},
	peek: async () => 1
};
const live = { say: async () => {} };

function open(parts: Partial<IntakeOptions> = {}) {
	const intake = createIntake({
		catalogue,
		live,
		partials,
		alone: (_id, work) => work(),
		jobs: { add: async () => {} },
		...parts
	});
	const { register } = createRegistration({
		catalogue,
		accounts: { uploadToken: async () => ({ token: '', expiresAt: new Date(0) }) },
		partials,
		intake,
		drafts: createDrafts({ catalogue, live }),
		bringBack: async () => {},
		spaces: { free: async () => 1e12, leftFor: async () => Infinity },
		urlOf: (id) => `/files/${id}`,
		maxBytes: 1e9
	});
	return { ...intake, register };
}

test('a long list asks a few files at a time how far they came', async () => {
	let most = 0;
	let underWay = 0;
	const intake = open({
		partials: {
			...partials,
			peek: async () => {
				most = Math.max(most, ++underWay);
				await new Promise((resolve) => setImmediate(resolve));
				underWay -= 1;
				return 1;
			}
		}
	});
	const files = Array.from({ length: 200 }, (_, at) => ({
		key: `${at}`,
		name: `${at}.mp3`,
		size: 2
	}));
	await intake.register(ada, { files });

	const { uploads } = await intake.changes(ada);

	expect(uploads.map(({ key, offset }) => [key, offset])).toEqual(files.map(({ key }) => [key, 1]));
	expect(most).toBeLessThanOrEqual(16);
});

test('a list longer than one look is whole, and one that changes meanwhile is in it once', async () => {
	const names = Array.from({ length: 600 }, (_, at) => `${at}.mp3`);
	const ids: string[] = [];
	let isChanged = false;
	const intake: ReturnType<typeof open> = open({
		partials: {
			...partials,
			peek: async (id) => {
				if (id === ids[300] && !isChanged) {
					isChanged = true;
					await intake.received(ids[3] ?? '');
				}
				return 1;
			}
		}
	});
	for (let at = 0; at < names.length; at += 200) {
		const files = names.slice(at, at + 200).map((name) => ({ key: name, name, size: 2 }));
		const { uploads } = await intake.register(ada, { files });
		ids.push(...uploads.flatMap((each) => (each.outcome === 'accepted' ? each.id : [])));
	}

	const { uploads, cursor } = await intake.changes(ada);

	expect(uploads.map(({ id }) => id).sort()).toEqual([...ids].sort());
	expect(uploads.find(({ id }) => id === ids[3])?.state).toBe('received');
	expect(await intake.changes(ada, { since: cursor })).toEqual({ cursor, uploads: [] });
});

test('a long list lets others have their turn', async () => {
	const intake = open();
	for (let at = 0; at < 4; at++) {
		const files = Array.from({ length: 200 }, (_, n) => ({
			...{ key: `${at}:${n}`, name: `${at}-${n}.mp3`, size: 2 }
		}));
		await intake.register(ada, { files });
	}
	let turns = 0;
	const count = () => {
		turns += 1;
		immediate = setImmediate(count);
	};
	let immediate = setImmediate(count);

	await intake.changes(ada);

	clearImmediate(immediate);
	expect(turns).toBeGreaterThanOrEqual(3);
});

/** A track of these bytes, and an open upload of the same file. */
async function twins(intake: ReturnType<typeof open>) {
	const { uploads } = await intake.register(ada, {
		files: [
			{ key: 'here', name: 'here.mp3', size: 2 },
			{ key: 'open', name: 'open.mp3', size: 2 }
		]
	});
	const [here = '', id = ''] = uploads.map((each) => (each.outcome === 'accepted' ? each.id : ''));
	await catalogue.transaction((nouns) =>
		createDrafts({ catalogue, live }).add(nouns, here, {
			tags: NO_METADATA,
			cover: null,
			durationMs: 1000,
			musicbrainz: null,
			original: {
				sha256: SHA256,
				size: 2,
				name: 'here.mp3',
				format: 'MP3',
				isLossless: true,
				bitsPerSecond: 900_000,
				hertz: 44_100,
				depth: 16
			},
			stream: { path: 'x', type: 'audio/mpeg' }
		})
	);
	return id;
}
const SHA256 = 'a'.repeat(64);
const again = { key: 'open', name: 'open.mp3', size: 2, sha256: SHA256 };

test('an upload whose last byte came before its hash is left to ingest', async () => {
	const intake: ReturnType<typeof open> = open({
		alone: async (id, work) => {
			await intake.received(id);
			return work();
		},
		partials: {
			...partials,
			remove: () => Promise.reject(new Error('bytes that are here were taken away'))
		}
	});
	const id = await twins(intake);

	const { uploads } = await intake.register(ada, { files: [again] });

	expect(uploads).toMatchObject([{ outcome: 'accepted', id }]);
	expect((await catalogue.uploads.byId(id))?.state).toBe('received');
});

test('an upload that somebody writes to without letting go stays open', async () => {
	const intake = open({ alone: () => Promise.reject(new Problem('locked')) });
	const id = await twins(intake);

	const { uploads } = await intake.register(ada, { files: [again] });

	expect(uploads).toMatchObject([{ outcome: 'accepted', id }]);
	expect((await catalogue.uploads.byId(id))?.state).toBe('waiting');
});
