import { sql, type Kysely } from 'kysely';

const NOW = sql.raw(`cast(unixepoch('subsec') * 1000 as integer)`);

/** What everybody finds. Whoever makes that narrower replaces the first two triggers, and nothing else here. */
const isListed = (row: 'new' | 'track') =>
	sql.raw(`(${row}.visibility = 'public' and ${row}.state = 'ready')`);

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.alterTable('track')
		.addColumn('listed', 'integer', (column) => column.notNull().defaultTo(0))
		.execute();
	// When it was listed first: what is hidden for a while and comes back is no news.
	await db.schema.alterTable('track').addColumn('listed_at', 'bigint').execute();
	await sql`update track set listed = 1, listed_at = created_at where ${isListed('track')}`.execute(
		db
	);
	// It was taken for whatever asks for public tracks among others, and read them all.
	await db.schema.dropIndex('track_newest').execute();
	await createTables(db);
	await fill(db);
	await createIndexes(db);
	await createTriggers(db);
}

export async function down(db: Kysely<any>) {
	for (const trigger of [
		...['track_listed_at_once', 'track_listed_later', 'track_moves', 'track_goes'],
		...['release_described', 'artist_named', 'shelf_gains', 'shelf_loses', 'shelf_moves']
	]) {
		await sql`drop trigger ${sql.ref(trigger)}`.execute(db);
	}
	for (const index of ['track_listed', 'track_unlisted', 'track_single']) {
		await db.schema.dropIndex(index).execute();
	}
	for (const table of ['shelf', 'roster', 'genre']) await db.schema.dropTable(table).execute();
	await db.schema.alterTable('track').dropColumn('listed_at').execute();
	await db.schema.alterTable('track').dropColumn('listed').execute();
	await db.schema
		.createIndex('track_newest')
		.on('track')
		.columns(['visibility', 'state', 'created_at', 'id'])
		.execute();
}

async function createTables(db: Kysely<any>) {
	// Releases with a listed track, with all that they are sorted and counted by.
	await db.schema
		.createTable('shelf')
		.addColumn('release_id', 'text', (column) =>
			column.primaryKey().references('release.id').onDelete('cascade')
		)
		.addColumn('listed_at', 'bigint', (column) => column.notNull())
		.addColumn('title_key', 'text', (column) => column.notNull())
		.addColumn('artist_id', 'text', (column) => column.notNull())
		.addColumn('artist_key', 'text', (column) => column.notNull())
		.addColumn('year', 'integer', (column) => column.notNull())
		.addColumn('genre', 'text')
		.addColumn('track_count', 'integer', (column) => column.notNull())
		.addColumn('duration_ms', 'integer', (column) => column.notNull())
		.execute();
	// Artists of whom anything is listed.
	await db.schema
		.createTable('roster')
		.addColumn('artist_id', 'text', (column) =>
			column.primaryKey().references('artist.id').onDelete('cascade')
		)
		.addColumn('name_key', 'text', (column) => column.notNull())
		.addColumn('track_count', 'integer', (column) => column.notNull().defaultTo(0))
		.addColumn('release_count', 'integer', (column) => column.notNull().defaultTo(0))
		.execute();
	await db.schema
		.createTable('genre')
		.addColumn('slug', 'text', (column) => column.primaryKey())
		.addColumn('name', 'text', (column) => column.notNull())
		.addColumn('release_count', 'integer', (column) => column.notNull().defaultTo(0))
		.execute();
}

async function fill(db: Kysely<any>) {
	await sql`
		insert into shelf (release_id, listed_at, title_key, artist_id, artist_key, year, track_count, duration_ms)
		select release.id, min(track.listed_at), release.title_key, release.artist_id, artist.name_key,
			coalesce(release.year, 0), count(*), sum(track.duration_ms)
		from track join release on release.id = track.release_id join artist on artist.id = release.artist_id
		where track.listed = 1 group by release.id
	`.execute(db);
	await sql`
		insert into roster (artist_id, name_key, track_count)
		select artist.id, artist.name_key, count(*)
		from track join artist on artist.id = track.artist_id where track.listed = 1 group by artist.id
	`.execute(db);
	await sql`
		insert into roster (artist_id, name_key, release_count)
		select artist_id, artist_key, count(*) from shelf group by artist_id
		on conflict (artist_id) do update set release_count = excluded.release_count
	`.execute(db);
}

async function createIndexes(db: Kysely<any>) {
	const byNumberOfColumns: [name: string, table: string, columns: string[]][] = [
		['shelf_newest', 'shelf', ['listed_at', 'release_id']],
		['shelf_title', 'shelf', ['title_key', 'release_id']],
		['shelf_artist', 'shelf', ['artist_key', 'title_key', 'release_id']],
		['shelf_of_artist', 'shelf', ['artist_id']],
		['shelf_year', 'shelf', ['year', 'listed_at', 'release_id']],
		['shelf_year_title', 'shelf', ['year', 'title_key', 'release_id']],
		['shelf_year_artist', 'shelf', ['year', 'artist_key', 'title_key', 'release_id']],
		['shelf_genre', 'shelf', ['genre', 'listed_at', 'release_id']],
		['shelf_genre_title', 'shelf', ['genre', 'title_key', 'release_id']],
		['shelf_genre_artist', 'shelf', ['genre', 'artist_key', 'title_key', 'release_id']],
		['shelf_genre_year', 'shelf', ['genre', 'year', 'listed_at', 'release_id']],
		['roster_name', 'roster', ['name_key', 'artist_id']],
		['roster_size', 'roster', ['release_count', 'name_key', 'artist_id']],
		['genre_size', 'genre', ['release_count', 'slug']],
		['track_listed', 'track', ['listed', 'created_at', 'id']],
		['track_unlisted', 'track', ['owner_id', 'listed', 'created_at', 'id']]
	];
	for (const [name, table, columns] of byNumberOfColumns) {
		await db.schema.createIndex(name).on(table).columns(columns).execute();
	}
	await sql`
		create index track_single on track (listed_at, id) where listed = 1 and release_id is null
	`.execute(db);
}

/** Whoever writes a track, a release or an artist need not know of these tables. */
async function createTriggers(db: Kysely<any>) {
	await sql`
		create trigger track_listed_at_once after insert on track when ${isListed('new')} begin
			update track set listed = 1, listed_at = coalesce(listed_at, new.created_at) where id = new.id;
		end
	`.execute(db);
	await sql`
		create trigger track_listed_later after update of visibility, state on track
		when old.listed <> ${isListed('new')} begin
			update track set listed = ${isListed('new')}, listed_at = coalesce(listed_at, ${NOW})
			where id = new.id;
		end
	`.execute(db);
	// First what it comes to, then what it leaves: a release that has one track is not gone in between.
	await sql`
		create trigger track_moves after update of listed, release_id, artist_id, duration_ms on track
		when old.listed = 1 or new.listed = 1 begin
			insert into shelf (release_id, listed_at, title_key, artist_id, artist_key, year, track_count, duration_ms)
			select release.id, coalesce(new.listed_at, ${NOW}), release.title_key, release.artist_id,
				artist.name_key, coalesce(release.year, 0), 1, new.duration_ms
			from release join artist on artist.id = release.artist_id
			where new.listed = 1 and release.id = new.release_id
			on conflict (release_id) do update set
				track_count = track_count + 1, duration_ms = duration_ms + excluded.duration_ms;
			insert into roster (artist_id, name_key, track_count)
			select id, name_key, 1 from artist where new.listed = 1 and id = new.artist_id
			on conflict (artist_id) do update set track_count = track_count + 1;
			update shelf set track_count = track_count - 1, duration_ms = duration_ms - old.duration_ms
			where old.listed = 1 and release_id = old.release_id;
			delete from shelf where release_id = old.release_id and track_count <= 0;
			update roster set track_count = track_count - 1
			where old.listed = 1 and artist_id = old.artist_id;
			delete from roster
			where artist_id = old.artist_id and track_count <= 0 and release_count <= 0;
		end
	`.execute(db);
	await sql`
		create trigger track_goes after delete on track when old.listed = 1 begin
			update shelf set track_count = track_count - 1, duration_ms = duration_ms - old.duration_ms
			where release_id = old.release_id;
			delete from shelf where release_id = old.release_id and track_count <= 0;
			update roster set track_count = track_count - 1 where artist_id = old.artist_id;
			delete from roster
			where artist_id = old.artist_id and track_count <= 0 and release_count <= 0;
		end
	`.execute(db);
	await sql`
		create trigger release_described after update of title_key, artist_id, year on release begin
			update shelf set title_key = new.title_key, artist_id = new.artist_id,
				artist_key = (select name_key from artist where id = new.artist_id),
				year = coalesce(new.year, 0)
			where release_id = new.id;
		end
	`.execute(db);
	await sql`
		create trigger artist_named after update of name_key on artist begin
			update shelf set artist_key = new.name_key where artist_id = new.id;
			update roster set name_key = new.name_key where artist_id = new.id;
		end
	`.execute(db);
	const gains = sql.raw(`
		insert into roster (artist_id, name_key, release_count) values (new.artist_id, new.artist_key, 1)
		on conflict (artist_id) do update set release_count = release_count + 1;
		update genre set release_count = release_count + 1 where slug = new.genre;
	`);
	const loses = sql.raw(`
		update roster set release_count = release_count - 1 where artist_id = old.artist_id;
		delete from roster
		where artist_id = old.artist_id and track_count <= 0 and release_count <= 0;
		update genre set release_count = release_count - 1 where slug = old.genre;
		delete from genre where slug = old.genre and release_count <= 0;
	`);
	await sql`create trigger shelf_gains after insert on shelf begin ${gains} end`.execute(db);
	await sql`create trigger shelf_loses after delete on shelf begin ${loses} end`.execute(db);
	await sql`
		create trigger shelf_moves after update of artist_id, genre on shelf
		when old.artist_id <> new.artist_id or old.genre is not new.genre begin ${gains} ${loses} end
	`.execute(db);
}
