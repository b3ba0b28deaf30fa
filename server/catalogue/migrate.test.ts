import type { Kysely } from 'kysely';
import { NO_MIGRATIONS } from 'kysely/migration';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqlite } from './database.ts';
import { createMigrator, migrate } from './migrate.ts';
import type { Database } from './schema.ts';

let db: Kysely<Database>;

beforeEach(() => (db = openSqlite(':memory:')));
afterEach(() => db.destroy());

const tables = async () => (await db.introspection.getTables()).map(({ name }) => name).sort();

test('the schema goes up, all the way down and up again', async () => {
	await migrate(db);
	const first = await db.introspection.getTables();

	const { error } = await createMigrator(db).migrateTo(NO_MIGRATIONS);
	expect(error).toBeUndefined();
	expect(await tables()).toEqual([]);

	await migrate(db);
	expect(await db.introspection.getTables()).toEqual(first);
});

test('every table that the code names is there', async () => {
	const named: Record<keyof Database, true> = {
		artist: true,
		credential: true,
		event: true,
		folder_cover: true,
		invite: true,
		job: true,
		person: true,
		release: true,
		track: true,
		upload: true
	};

	await migrate(db);

	expect(await tables()).toEqual(Object.keys(named).sort());
});

test('a database of a newer Segue is left alone and named', async () => {
	await migrate(db);
	await db
		.withTables<{ kysely_migration: { name: string; timestamp: string } }>()
		.insertInto('kysely_migration')
		.values({ name: '209901010000_from_the_future', timestamp: '2099' })
		.execute();

	await expect(migrate(db)).rejects.toThrow('written by a newer Segue');
});
