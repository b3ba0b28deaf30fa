import { sql, type Kysely } from 'kysely';

/** Names no column and no place in it: what is found is ranked by its key. */
const FTS = sql.raw(
	`content = '', contentless_delete = 1, detail = none, prefix = '1 2 3 4 5 6', tokenize = 'ascii'`
);
const TABLES = ['track_words', 'release_words', 'artist_words', 'draft_words'];

const wait = (kind: 'track' | 'release' | 'artist', id: string) =>
	`insert into unindexed (kind, thing_id) values ('${kind}', ${id}) on conflict do nothing;`;
const waitAll = (kind: 'track' | 'release', query: string) =>
	`insert into unindexed (kind, thing_id) select '${kind}', ${query} on conflict do nothing;`;

const TRIGGERS: Record<string, string> = {
	track_words_new: `after insert on track begin ${wait('track', 'new.id')} end`,
	track_words_changed: `after update of listed, title, artist_id, release_id on track
		when old.listed <> new.listed or old.title <> new.title or old.artist_id <> new.artist_id
			or old.release_id is not new.release_id
		begin ${wait('track', 'new.id')} end`,
	track_words_gone: `after delete on track begin ${wait('track', 'old.id')} end`,
	release_words_changed: `after update of title, genre, artist_id on release
		when old.title <> new.title or old.genre is not new.genre or old.artist_id <> new.artist_id
		begin ${wait('release', 'new.id')} end`,
	release_words_of_tracks: `after update of title, artist_id on release
		when old.title <> new.title or old.artist_id <> new.artist_id
		begin ${waitAll('track', 'id from track where release_id = new.id')} end`,
	shelf_words_new: `after insert on shelf begin ${wait('release', 'new.release_id')} end`,
	shelf_words_gone: `after delete on shelf begin ${wait('release', 'old.release_id')} end`,
	roster_words_new: `after insert on roster begin ${wait('artist', 'new.artist_id')} end`,
	roster_words_gone: `after delete on roster begin ${wait('artist', 'old.artist_id')} end`,
	artist_words_changed: `after update of name on artist when old.name <> new.name begin
		${wait('artist', 'new.id')}
		${waitAll('track', 'id from track where artist_id = new.id')}
		${waitAll('track', 'track.id from shelf join track using (release_id) where shelf.artist_id = new.id')}
		${waitAll('release', 'release_id from shelf where artist_id = new.id')} end`
};

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	for (const table of TABLES) {
		await sql`create virtual table ${sql.table(table)} using fts5 (words, ${FTS})`.execute(db);
	}
	// `n` is the row among the words, and the order in which things came.
	await db.schema
		.createTable('findable')
		.addColumn('n', 'integer', (column) => column.primaryKey().autoIncrement())
		.addColumn('kind', 'text', (column) => column.notNull())
		.addColumn('thing_id', 'text', (column) => column.notNull())
		.addColumn('key', 'text', (column) => column.notNull())
		.addUniqueConstraint('findable_once', ['thing_id', 'kind'])
		.execute();
	await db.schema
		.createIndex('findable_key')
		.on('findable')
		.columns(['kind', 'key', 'n'])
		.execute();
	await sql`
		create table spelling (damaged text not null, word text not null, primary key (damaged, word))
		without rowid
	`.execute(db);
	await db.schema
		.createTable('unindexed')
		.addColumn('n', 'integer', (column) => column.primaryKey())
		.addColumn('kind', 'text', (column) => column.notNull())
		.addColumn('thing_id', 'text', (column) => column.notNull())
		.addUniqueConstraint('unindexed_once', ['kind', 'thing_id'])
		.execute();
	await sql`insert into unindexed (kind, thing_id) select 'artist', artist_id from roster`.execute(
		db
	);
	await sql`insert into unindexed (kind, thing_id) select 'release', release_id from shelf`.execute(
		db
	);
	// Oldest first: what came last is found first.
	await sql`
		insert into unindexed (kind, thing_id) select 'track', id from track order by created_at, id
	`.execute(db);
	for (const [name, body] of Object.entries(TRIGGERS)) {
		await sql`create trigger ${sql.ref(name)} ${sql.raw(body)}`.execute(db);
	}
}

export async function down(db: Kysely<any>) {
	for (const name of Object.keys(TRIGGERS)) await sql`drop trigger ${sql.ref(name)}`.execute(db);
	for (const table of ['unindexed', 'spelling', 'findable', ...TABLES]) {
		await db.schema.dropTable(table).execute();
	}
}
