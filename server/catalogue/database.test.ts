import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import SQLite from 'better-sqlite3';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { onSqlite, openSqlite, WriteAheadLog } from './database.ts';

/** A database whose disk takes as long as the test wants. */
async function onSlowDisk() {
	let flushes: PromiseWithResolvers<void>[] = [];
	const log = {
		flushed() {
			const flush = Promise.withResolvers<void>();
			flushes.push(flush);
			return flush.promise;
		},
		close: async () => {}
	};
	const db = onSqlite(new SQLite(':memory:'), log);
	onTestFinished(() => db.destroy());
	const writing = sql`create table words (word text)`.execute(db);
	await sql`select 1`.execute(db);
	const end = (how: (flush: PromiseWithResolvers<void>) => void) => {
		const begun = flushes;
		flushes = [];
		begun.forEach(how);
	};
	const flush = () => end(({ resolve }) => resolve());
	const fail = () => end(({ reject }) => reject(new Error('EIO')));
	flush();
	await writing;
	return { db, flush, fail, waiting: () => flushes.length };
}

const words = (db: Awaited<ReturnType<typeof onSlowDisk>>['db']) =>
	sql<{ word: string }>`select word from words`.execute(db).then(({ rows }) => rows.length);

test('while the disk takes what was committed others read and write', async () => {
	const { db, flush, waiting } = await onSlowDisk();
	let isKept = false;
	const writing = db
		.transaction()
		.execute((transaction) => sql`insert into words values ('one')`.execute(transaction))
		.then(() => (isKept = true));

	expect(await words(db)).toBe(1);
	const another = sql`insert into words values ('two')`.execute(db);
	expect(await words(db)).toBe(2);

	expect(isKept).toBe(false);
	expect(waiting()).toBe(2);
	flush();
	await Promise.all([writing, another]);
});

test('who only reads waits for no disk', async () => {
	const { db, waiting } = await onSlowDisk();

	await words(db);

	expect(waiting()).toBe(0);
});

test('transactions do not mix, whoever waits for the disk', async () => {
	const { db, flush } = await onSlowDisk();
	const writing = [1, 2, 3].map((word) =>
		db.transaction().execute(async (transaction) => {
			const before = await words(transaction);
			await sql`insert into words values (${word})`.execute(transaction);
			expect(await words(transaction)).toBe(before + 1);
		})
	);

	expect(await words(db)).toBe(3);
	flush();
	await Promise.all(writing);
});

test('a transaction that fails leaves nothing, and the turn to the next', async () => {
	const { db, waiting } = await onSlowDisk();
	const failing = db.transaction().execute(async (transaction) => {
		await sql`insert into words values ('none')`.execute(transaction);
		throw new Error('on purpose');
	});

	await expect(failing).rejects.toThrow('on purpose');
	expect(await words(db)).toBe(0);
	expect(waiting()).toBe(0);
});

test('a commit that the disk did not take is told, and takes nobody else’s along', async () => {
	const { db, flush, fail } = await onSlowDisk();
	const failing = expect(
		db.transaction().execute((one) => sql`insert into words values ('one')`.execute(one))
	).rejects.toThrow('EIO');
	const isIn = Promise.withResolvers<void>();
	const mayEnd = Promise.withResolvers<void>();
	const another = db.transaction().execute(async (two) => {
		await sql`insert into words values ('two')`.execute(two);
		isIn.resolve();
		await mayEnd.promise;
	});
	await isIn.promise;

	fail();
	await failing;
	mayEnd.resolve();

	expect(await words(db)).toBe(2);
	flush();
	await another;
});

test('commits that wait share a flush, and none counts that had begun before', async () => {
	const flushes: PromiseWithResolvers<void>[] = [];
	const log = new WriteAheadLog(async () => ({
		datasync() {
			const flush = Promise.withResolvers<void>();
			flushes.push(flush);
			return flush.promise;
		},
		close: async () => {}
	}));
	const first = log.flushed();
	await expect.poll(() => flushes.length).toBe(1);
	let areKept = false;
	const later = Promise.all([log.flushed(), log.flushed()]).then(() => (areKept = true));

	flushes[0]?.resolve();
	await first;
	await expect.poll(() => flushes.length).toBe(2);

	expect(areKept).toBe(false);
	flushes[1]?.resolve();
	await later;
	expect(flushes).toHaveLength(2);
});

test('a disk that fails is told to whoever waited, and tried again for the next', async () => {
	let fails = true;
	const log = new WriteAheadLog(async () => ({
		async datasync() {
			if (fails) throw new Error('EIO');
		},
		close: async () => {}
	}));

	await expect(log.flushed()).rejects.toThrow('EIO');
	fails = false;
	await log.flushed();
});

test('what is written to a file is flushed there, again and again', async () => {
	const folder = await mkdtemp(path.join(tmpdir(), 'segue-database-'));
	onTestFinished(() => rm(folder, { recursive: true }));
	const db = openSqlite(path.join(folder, 'segue.db'));

	await sql`create table words (word text)`.execute(db);
	await sql`pragma wal_checkpoint(truncate)`.execute(db);
	await sql`insert into words values ('one')`.execute(db);

	expect(await words(db)).toBe(1);
	const last = sql`insert into words values ('two')`.execute(db);
	await words(db);
	await db.destroy();
	await last;
});
