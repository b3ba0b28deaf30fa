import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('play')
		.addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
		.addColumn('track_id', 'text', (column) =>
			column.notNull().references('track.id').onDelete('cascade')
		)
		.addColumn('owner_id', 'text', (column) =>
			column.notNull().references('person.id').onDelete('cascade')
		)
		.addColumn('person_id', 'text', (column) => column.references('person.id').onDelete('set null'))
		.addColumn('listener', 'text', (column) => column.notNull())
		.addColumn('seconds', 'integer', (column) => column.notNull())
		.addColumn('source', 'text', (column) => column.notNull())
		.addColumn('is_counted', 'integer', (column) => column.notNull())
		.addColumn('at', 'bigint', (column) => column.notNull())
		.execute();
	// Statistics by owner and day, and by track and day.
	await db.schema.createIndex('play_owner').on('play').columns(['owner_id', 'at']).execute();
	await db.schema.createIndex('play_track').on('play').columns(['track_id', 'at']).execute();
	// A person's history, newest first.
	await db.schema.createIndex('play_person').on('play').columns(['person_id', 'id']).execute();
	// What this listener heard last, and when they heard this.
	await db.schema.createIndex('play_listener').on('play').columns(['listener', 'id']).execute();

	await db.schema
		.createTable('listener_salt')
		.addColumn('day', 'text', (column) => column.primaryKey())
		.addColumn('salt', 'text', (column) => column.notNull())
		.execute();

	for (const table of ['track', 'release']) {
		await db.schema
			.alterTable(table)
			.addColumn('plays', 'integer', (column) => column.notNull().defaultTo(0))
			.execute();
		await db.schema
			.alterTable(table)
			.addColumn('heat', 'real', (column) => column.notNull().defaultTo(0))
			.execute();
		await db.schema.createIndex(`${table}_heat`).on(table).column('heat').execute();
	}
	await db.schema
		.alterTable('person')
		.addColumn('keeps_history', 'integer', (column) => column.notNull().defaultTo(1))
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.alterTable('person').dropColumn('keeps_history').execute();
	for (const table of ['track', 'release']) {
		await db.schema.dropIndex(`${table}_heat`).execute();
		await db.schema.alterTable(table).dropColumn('heat').execute();
		await db.schema.alterTable(table).dropColumn('plays').execute();
	}
	await db.schema.dropTable('listener_salt').execute();
	await db.schema.dropTable('play').execute();
}
