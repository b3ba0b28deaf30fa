import SQLite from 'better-sqlite3';
import type { Kysely } from 'kysely';
import { NO_MIGRATIONS } from 'kysely/migration';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { onSqlite } from './database.ts';
import { createMigrator, migrate } from './migrate.ts';
import type { Database } from './schema.ts';

let db: Kysely<Database>;

beforeEach(() => (db = onSqlite(new SQLite(':memory:'))));
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
		artist_alias: true,
		barred_original: true,
		bin_entry: true,
		chapter: true,
		cover: true,
		credential: true,
		earlier_original: true,
		event: true,
		featured: true,
		findable: true,
		folder_cover: true,
		follow: true,
		former_release: true,
		genre: true,
		import: true,
		import_item: true,
		import_playlist: true,
		invite: true,
		job: true,
		liked: true,
		listener_day: true,
		listener_salt: true,
		loose_file: true,
		original_checksum: true,
		person: true,
		play: true,
		play_day: true,
		play_source: true,
		playlist: true,
		playlist_item: true,
		playlist_member: true,
		release: true,
		rendition: true,
		report: true,
		roster: true,
		shelf: true,
		spelling: true,
		suggestion: true,
		track: true,
		unindexed: true,
		upload: true
	};

	await migrate(db);

	// Words are kept in virtual tables, which have others behind them.
	const own = (await tables()).filter((name) => !/_words(_|$)/.test(name));
	expect(own).toEqual(Object.keys(named).sort());
});

test('of tracks that are here the tags say what became of them', async () => {
	await createMigrator(db).migrateTo('202611211009_create_folder_cover');
	const common = { owner_id: 'p', artist_id: 'a', slug: 's', created_at: 0 };
	const old = db.withTables<Record<string, Record<string, unknown>>>();
	const rows: [string, Record<string, unknown>][] = [
		[
			'person',
			{ id: 'p', email: 'e', name: 'n', role: 'artist', password_hash: '', created_at: 0 }
		],
		['artist', { id: 'a', slug: 'ada', name: 'Ada', name_key: 'ada', created_at: 0 }],
		['release', { id: 'r', title: 'Coast', title_key: 'coast', year: 987, ...common }],
		[
			'upload',
			{
				...{ id: 'u', person_id: 'p', key: 'k', name: 'n', size: 1, publish: 0, state: 'ready' },
				...{ changed: 1, created_at: 0, active_at: 0 }
			}
		],
		[
			'track',
			{
				...{ id: 't', release_id: 'r', title: 'Harbour', track_number: 3, year: 987, ...common },
				...{ duration_ms: 1, state: 'ready', visibility: 'draft', upload_id: 'u' },
				...{ original_sha256: 'h', original_size: 1, original_name: 'n', original_format: 'FLAC' }
			}
		]
	];
	for (const [table, row] of rows) await old.insertInto(table).values(row).execute();

	await migrate(db);

	const { tags } = await db.selectFrom('upload').select('tags').executeTakeFirstOrThrow();
	expect(JSON.parse(tags ?? '')).toEqual({
		title: 'Harbour',
		artist: 'Ada',
		albumArtist: 'Ada',
		album: 'Coast',
		trackNumber: 3,
		discNumber: null,
		genre: null,
		date: '0987'
	});
	for (const table of ['track', 'release'] as const) {
		expect(await db.selectFrom(table).select('date').execute()).toEqual([{ date: '0987' }]);
	}
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
