import { CompiledQuery, type Kysely, type KyselyPlugin } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { databaseInMemory } from './in-memory.ts';
import { Jobs } from './jobs.ts';
import { createMigrator, migrate } from './migrate.ts';
import type { Database } from './schema.ts';

const [URGENT, NORMAL, BACKGROUND] = [0, 10, 20];

let db: Kysely<Database>;
let jobs: Jobs;

beforeEach(async () => {
	db = await databaseInMemory();
	jobs = new Jobs(db);
});
afterEach(() => db.destroy());

const add = (key: string, ownerId: string | null, { priority = NORMAL, now = 0 } = {}) =>
	jobs.addOnce({ kind: 'ingest', key, payload: {}, priority, ownerId, now });
const claim = async ({ now = 0, most = BACKGROUND } = {}) =>
	(await jobs.claim({ now, leaseUntil: now + 60_000, most })) ?? null;

/** Claims until nothing is left. @returns the keys in their order */
async function drained(now = 0): Promise<string[]> {
	const keys: string[] = [];
	for (let job = await claim({ now }); job; job = await claim({ now })) {
		keys.push(job.key);
		await jobs.done(job.id);
	}
	return keys;
}

/** Ten thousand of Ada's, as a back catalogue leaves them. */
async function addBackCatalogue(files = 10_000) {
	const row = { kind: 'ingest', payload: '{}', owner_id: 'ada', priority: NORMAL, run_at: 0 };
	for (let from = 0; from < files; from += 1_000) {
		const some = Array.from({ length: 1_000 }, (_, at) => ({
			...{ ...row, key: `ada ${from + at}`, turn: from + at, state: 'waiting' as const },
			...{ attempts: 0, added_at: 0 }
		}));
		await db.insertInto('job').values(some).execute();
	}
}

test('by priority, whenever they came', async () => {
	await add('background', 'ada', { priority: BACKGROUND });
	await add('normal', 'ada');
	await add('urgent', 'ada', { priority: URGENT });

	expect(await drained()).toEqual(['urgent', 'normal', 'background']);
});

test('no later priority than asked for', async () => {
	await add('background', 'ada', { priority: BACKGROUND });

	expect(await claim({ most: NORMAL })).toBeNull();
	expect((await claim())?.key).toBe('background');
});

test('owners alternate, in the order that each added theirs', async () => {
	for (const at of [1, 2, 3, 4]) await add(`ada ${at}`, 'ada');
	for (const at of [1, 2]) await add(`bea ${at}`, 'bea');
	await add('portal', null);

	expect(await drained()).toEqual([
		...['ada 1', 'bea 1', 'portal'],
		...['ada 2', 'bea 2', 'ada 3', 'ada 4']
	]);
});

test('one file that comes in the middle of a back catalogue is next but one', async () => {
	await addBackCatalogue();
	for (let at = 0; at < 500; at++) await jobs.done((await claim())!.id);

	await add('bea', 'bea');

	expect((await claim())?.key).toBe('ada 500');
	expect((await claim())?.key).toBe('bea');
});

test('who comes back after a while has saved up nothing', async () => {
	await add('bea, long ago', 'bea');
	await drained();
	for (const at of [1, 2, 3, 4, 5]) await add(`ada ${at}`, 'ada');
	for (let at = 0; at < 2; at++) await jobs.done((await claim())!.id);

	for (const at of [1, 2, 3]) await add(`bea ${at}`, 'bea');

	expect(await drained()).toEqual(['ada 3', 'bea 1', 'ada 4', 'bea 2', 'ada 5', 'bea 3']);
});

test('one that waits out a failure gives no others its early turn', async () => {
	for (const at of [1, 2, 3, 4, 5]) await add(`ada ${at}`, 'ada');
	const stuck = (await claim())!;
	const failure = { cause: 'disk_full', detail: '', now: 0, isCounted: false };
	await jobs.retryAt(stuck.id, 1_000, failure);
	for (let at = 0; at < 2; at++) await jobs.done((await claim())!.id);

	for (const at of [1, 2, 3]) await add(`bea ${at}`, 'bea');

	expect(await drained()).toEqual(['ada 4', 'bea 1', 'ada 5', 'bea 2', 'bea 3']);
	expect(await drained(1_000)).toEqual(['ada 1']);
});

test('a dead letter that is brought back waits its turn among the others', async () => {
	await add('ada, dead', 'ada');
	const { id } = (await claim())!;
	await jobs.bury(id, { cause: 'unexpected', detail: 'so it was', now: 0 });
	for (const at of [1, 2]) await add(`ada ${at}`, 'ada');
	for (const at of [1, 2, 3]) await add(`bea ${at}`, 'bea');

	await jobs.revive(id, 0);

	expect(await drained()).toEqual(['ada 1', 'bea 1', 'ada 2', 'bea 2', 'ada, dead', 'bea 3']);
});

test('only what is dead is brought back, and its tries begin afresh', async () => {
	await add('waiting', 'ada');
	const { id, attempts } = (await claim())!;
	expect(await jobs.revive(id, 0)).toBeNull();
	await jobs.bury(id, { cause: 'unexpected', detail: '', now: 0 });

	await jobs.revive(id, 5);

	expect(await jobs.revive(id, 5)).toBeNull();
	expect(attempts).toBe(1);
	expect(await claim({ now: 4 })).toBeNull();
	expect((await claim({ now: 5 }))?.attempts).toBe(1);
});

test('a lease that ran out is free for others, and not one that is still held', async () => {
	await add('one', 'ada');
	const { id } = (await claim())!;

	await jobs.freeExpired(60_001, [id]);
	expect(await claim({ now: 60_001 })).toBeNull();
	await jobs.freeExpired(60_001, []);

	expect(await claim({ now: 60_001 })).toMatchObject({ id, attempts: 2 });
});

test('jobs are counted by kind and state', async () => {
	for (const key of ['one', 'two', 'three']) await add(key, 'ada');
	await claim();
	await jobs.bury((await claim())!.id, { cause: 'unexpected', detail: '', now: 0 });

	expect(await jobs.counts()).toEqual([{ kind: 'ingest', waiting: 1, running: 1, dead: 1 }]);
});

test('nothing that is asked for each job reads or sorts the whole list', async () => {
	await addBackCatalogue(1_000);
	const asked: CompiledQuery[] = [];
	const watching: KyselyPlugin = {
		transformQuery({ node, queryId }) {
			asked.push(db.getExecutor().compileQuery(node, queryId));
			return node;
		},
		transformResult: async ({ result }) => result
	};
	const watched = new Jobs(db.withPlugin(watching));

	await watched.claim({ now: 0, leaseUntil: 1, most: BACKGROUND });
	await watched.addOnce({
		...{ kind: 'ingest', key: 'new', payload: {} },
		...{ priority: NORMAL, ownerId: 'ada', now: 0 }
	});
	await watched.freeExpired(0, [1]);
	await watched.nextDue([URGENT, NORMAL, BACKGROUND]);

	expect(asked).toHaveLength(6);
	for (const { sql, parameters } of asked) {
		const { rows } = await db.executeQuery<{ detail: string }>(
			CompiledQuery.raw(`explain query plan ${sql}`, [...parameters])
		);
		for (const { detail } of rows) {
			expect(detail, sql).not.toMatch(/^SCAN (?!CONSTANT ROW)|TEMP B-TREE/);
		}
	}
});

test('ten thousand that wait for the machine do not slow down who is next', async () => {
	await addBackCatalogue();
	await db.updateTable('job').set({ run_at: 1_000 }).execute();
	await add('bea', 'bea', { priority: BACKGROUND });
	const begun = performance.now();

	for (let at = 0; at < 10; at++) {
		const { id } = (await claim())!;
		await jobs.giveBack(id, 0);
	}

	// About a millisecond each; what is measured here is that it is no tenth of a second.
	expect((performance.now() - begun) / 10).toBeLessThan(25);
});

test('jobs of an older version get an owner and a turn', async () => {
	await createMigrator(db).migrateTo('202611211016_gather_tracks');
	const old = db.withTables<Record<string, Record<string, unknown>>>();
	const insert = (table: string, row: Record<string, unknown>) =>
		old.insertInto(table).values(row).execute();
	for (const id of ['ada', 'bea']) {
		const person = { id, email: id, name: id, role: 'artist', password_hash: '', created_at: 0 };
		await insert('person', person);
	}
	const songs = ['ada 1', 'ada 2', 'ada 3', 'bea 1'];
	for (const [at, id] of songs.entries()) {
		await insert('upload', {
			...{ id, person_id: id.slice(0, 3), key: id, name: id, size: 1, publish: 0 },
			...{ state: 'received', changed: at + 1, created_at: 0, active_at: 0 }
		});
		await insert('job', {
			...{ kind: 'ingest', key: `ingest:${id}`, payload: `{"uploadId":"${id}"}` },
			...{ priority: NORMAL, state: 'waiting', attempts: 0, run_at: at }
		});
	}

	await migrate(db);

	const turns = await drained(10);
	expect(turns).toEqual(['ada 1', 'bea 1', 'ada 2', 'ada 3'].map((id) => `ingest:${id}`));
});
