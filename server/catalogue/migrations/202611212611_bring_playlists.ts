import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('import_playlist')
		.addColumn('person_id', 'text', (column) =>
			column.notNull().references('person.id').onDelete('cascade')
		)
		.addColumn('place', 'text', (column) => column.notNull())
		.addColumn('source_id', 'text', (column) => column.notNull())
		// Without a reference: one that was deleted here does not come back with the next import.
		.addColumn('playlist_id', 'text', (column) => column.notNull())
		.addColumn('name', 'text', (column) => column.notNull())
		.addColumn('tracks', 'text', (column) => column.notNull())
		.addPrimaryKeyConstraint('import_playlist_key', ['person_id', 'place', 'source_id'])
		.execute();
	await db.schema
		.alterTable('import')
		.addColumn('playlists', 'integer', (column) => column.notNull().defaultTo(0))
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.alterTable('import').dropColumn('playlists').execute();
	await db.schema.dropTable('import_playlist').execute();
}
