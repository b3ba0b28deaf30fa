import { sql, type Kysely } from 'kysely';

const DAY_MS = 86_400_000;

/**
 * Sums by day, kept as plays are written: a year of a much heard artist is some hundred rows, and they stay when a
 * track is erased. `any`: a migration is frozen, it must not follow today's schema.
 */
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('play_day')
		.addColumn('owner_id', 'text', (column) => column.notNull())
		.addColumn('day', 'integer', (column) => column.notNull())
		.addColumn('track_id', 'text', (column) => column.notNull())
		.addColumn('plays', 'integer', (column) => column.notNull())
		.addPrimaryKeyConstraint('play_day_key', ['owner_id', 'day', 'track_id'])
		.execute();
	await db.schema
		.createIndex('play_day_track')
		.on('play_day')
		.columns(['track_id', 'day', 'plays'])
		.execute();
	await db.schema
		.createTable('play_source')
		.addColumn('owner_id', 'text', (column) => column.notNull())
		.addColumn('day', 'integer', (column) => column.notNull())
		.addColumn('source', 'text', (column) => column.notNull())
		.addColumn('plays', 'integer', (column) => column.notNull())
		.addPrimaryKeyConstraint('play_source_key', ['owner_id', 'day', 'source'])
		.execute();
	await db.schema
		.createTable('listener_day')
		.addColumn('owner_id', 'text', (column) => column.notNull())
		.addColumn('day', 'integer', (column) => column.notNull())
		.addColumn('plays', 'integer', (column) => column.notNull())
		.addColumn('listeners', 'integer', (column) => column.notNull())
		.addPrimaryKeyConstraint('listener_day_key', ['owner_id', 'day'])
		.execute();
	const day = sql.raw(`new.at / ${DAY_MS}`);
	await sql`
		create trigger play_summed after insert on play when new.is_counted = 1 begin
			insert into play_day (owner_id, day, track_id, plays)
				values (new.owner_id, ${day}, new.track_id, 1)
				on conflict (owner_id, day, track_id) do update set plays = plays + 1;
			insert into play_source (owner_id, day, source, plays)
				values (new.owner_id, ${day}, new.source, 1)
				on conflict (owner_id, day, source) do update set plays = plays + 1;
			insert into listener_day (owner_id, day, plays, listeners)
				values (new.owner_id, ${day}, 1, not exists (
					select 1 from play
					where listener = new.listener and id < new.id
						and owner_id = new.owner_id and is_counted = 1 and at / ${sql.raw(String(DAY_MS))} = ${day}
				))
				on conflict (owner_id, day)
				do update set plays = plays + 1, listeners = listeners + excluded.listeners;
		end`.execute(db);
}

export async function down(db: Kysely<any>) {
	await sql`drop trigger play_summed`.execute(db);
	for (const table of ['listener_day', 'play_source', 'play_day']) {
		await db.schema.dropTable(table).execute();
	}
}
