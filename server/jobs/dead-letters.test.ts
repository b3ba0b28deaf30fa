import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Person } from '#contracts/account';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { catalogueInMemory } from '../catalogue/in-memory.ts';
import { createDeadLetters, type DeadLetters } from './dead-letters.ts';
import { createReviveIngest } from './revive-ingest.ts';

const HOUR_MS = 60 * 60_000;

let catalogue: Catalogue;
let letters: DeadLetters;
let ada: Person;
let said: unknown[];
let woken: number;
let now: number;

beforeEach(async () => {
	catalogue = await catalogueInMemory();
	const person = { name: 'Ada', email: 'ada@portal.test', role: 'artist' } as const;
	ada = (await catalogue.people.add({ ...person, passwordHash: '', now: 0 }))!;
	[said, woken, now] = [[], 0, 1_000];
	letters = createDeadLetters({
		catalogue,
		revive: {
			ingest: createReviveIngest({ say: async (_to, event) => void said.push(event) })
		},
		wake: () => (woken += 1),
		now: () => now
	});
});
afterEach(() => catalogue.close());

/** An upload that was given up. @returns the job's id */
async function dead(id: string, { cause = 'unexpected', kind = 'ingest', code = 'poison' } = {}) {
	await catalogue.uploads.add({
		...{ id, personId: ada.id, key: id, name: `${id}.flac`, path: `Coast/${id}.flac`, size: 1 },
		...{ type: null, lastModified: null, sha256: null, publish: false, publishSaid: false },
		...{ description: null, now: 0 }
	});
	await catalogue.uploads.move(id, ['waiting'], { state: 'failed', code: code as 'poison', now });
	const job = { kind, key: `${kind}:${id}`, payload: { uploadId: id }, priority: 10 };
	await catalogue.jobs.addOnce({ ...job, ownerId: ada.id, now });
	const { id: jobId } = (await catalogue.jobs.claim({ now, leaseUntil: now, most: 10 }))!;
	await catalogue.jobs.bury(jobId, { cause, detail: 'Error: no', now });
	return jobId;
}
const wanted = async (id: string) => (await catalogue.uploads.wantedAmong([id])).has(id);

test('letters are grouped by kind and cause, and say whose file they are about', async () => {
	await dead('a', { cause: 'disk_error' });
	now += 1;
	await dead('b', { cause: 'disk_error' });
	await dead('c', { kind: 'peaks' });

	const { counts, dead: groups } = await letters.overview();

	expect(counts).toEqual([
		{ kind: 'ingest', waiting: 0, running: 0, dead: 2 },
		{ kind: 'peaks', waiting: 0, running: 0, dead: 1 }
	]);
	expect(groups).toMatchObject([
		{ kind: 'ingest', cause: 'disk_error', count: 2 },
		{ kind: 'peaks', cause: 'unexpected', count: 1 }
	]);
	expect(groups[0]?.letters.map(({ about, owner }) => [about, owner])).toEqual([
		['Coast/b.flac', 'Ada'],
		['Coast/a.flac', 'Ada']
	]);
});

test('an upload that is tried again is received, and its artist is told', async () => {
	const id = await dead('a');

	await letters.retry(id);

	expect(await catalogue.uploads.byId('a')).toMatchObject({ state: 'received', code: null });
	expect(said).toEqual([{ type: 'upload_changed', uploadId: 'a', state: 'received' }]);
	expect(woken).toBe(1);
	await expect(letters.retry(id)).rejects.toMatchObject({ code: 'not_found' });
});

test('an upload that failed for a reason of its own stays as it is', async () => {
	const id = await dead('a', { code: 'unreadable' });

	await letters.retry(id);

	expect(await catalogue.uploads.byId('a')).toMatchObject({ state: 'failed', code: 'unreadable' });
	expect(said).toEqual([]);
});

test('all of one cause are tried again, however many, and no others', async () => {
	for (let at = 0; at < 120; at++) await dead(`disk ${at}`, { cause: 'disk_error' });
	await dead('other');

	const count = await letters.retryAll({ kind: 'ingest', cause: 'disk_error' });

	expect(count).toBe(120);
	expect(await catalogue.jobs.counts()).toEqual([
		{ kind: 'ingest', waiting: 120, running: 0, dead: 1 }
	]);
	expect(await letters.retryAll()).toBe(1);
});

test('one that dies again at once is tried again once', async () => {
	const id = await dead('a');
	let tries = 0;
	const failing = createDeadLetters({
		catalogue,
		revive: {
			ingest: async (_payload, nouns) => {
				tries += 1;
				await nouns.jobs.bury(id, { cause: 'unexpected', detail: '', now });
			}
		}
	});

	await failing.retryAll();

	expect(tries).toBe(1);
});

test('what is dropped can be had back for an hour, and keeps its bytes so long', async () => {
	const id = await dead('a');
	expect(await wanted('a')).toBe(true);

	const { at } = await letters.drop(id);
	expect(await letters.list(10)).toEqual([]);
	now += HOUR_MS;
	await letters.sweep();
	expect(await wanted('a')).toBe(true);
	expect(await letters.restore(at)).toBe(1);
	expect(await letters.list(10)).toMatchObject([{ id }]);

	await letters.drop(id);
	now += HOUR_MS + 1;
	await letters.sweep();

	expect(await wanted('a')).toBe(false);
	await expect(letters.retry(id)).rejects.toMatchObject({ code: 'not_found' });
});

test('what is dropped may be tried again at once', async () => {
	const id = await dead('a');
	await letters.drop(id);

	await letters.retry(id);

	expect(await catalogue.uploads.byId('a')).toMatchObject({ state: 'received' });
});

test('undoing one drop leaves the other', async () => {
	const [a, b] = [await dead('a'), await dead('b')];
	const first = await letters.drop(a);
	await letters.drop(b);

	await letters.restore(first.at);

	expect((await letters.list(10)).map(({ id }) => id)).toEqual([a]);
});

test('all of a cause are dropped together, and come back together', async () => {
	for (const id of ['a', 'b']) await dead(id, { cause: 'disk_error' });
	await dead('c');

	const { at, count } = await letters.dropAll({ kind: 'ingest', cause: 'disk_error' });

	expect(count).toBe(2);
	expect(await letters.list(10)).toHaveLength(1);
	expect(await letters.restore(at)).toBe(2);
});
