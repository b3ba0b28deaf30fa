import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('playlist')
		.addColumn('id', 'text', (column) => column.primaryKey())
		.addColumn('slug', 'text', (column) => column.notNull().unique())
		.addColumn('person_id', 'text', (column) =>
			column.notNull().references('person.id').onDelete('cascade')
		)
		.addColumn('name', 'text', (column) => column.notNull())
		.addColumn('text', 'text', (column) => column.notNull().defaultTo(''))
		.addColumn('visibility', 'text', (column) => column.notNull())
		.addColumn('version', 'integer', (column) => column.notNull())
		// The versions that changed these last.
		.addColumn('name_version', 'integer', (column) => column.notNull())
		.addColumn('text_version', 'integer', (column) => column.notNull())
		.addColumn('visibility_version', 'integer', (column) => column.notNull())
		.addColumn('item_count', 'integer', (column) => column.notNull().defaultTo(0))
		.addColumn('created_at', 'bigint', (column) => column.notNull())
		.addColumn('changed_at', 'bigint', (column) => column.notNull())
		.addColumn('deleted_at', 'bigint')
		.execute();
	await db.schema
		.createIndex('playlist_person')
		.on('playlist')
		.columns(['person_id', 'deleted_at', 'changed_at', 'id'])
		.execute();
	await db.schema.createIndex('playlist_deleted').on('playlist').column('deleted_at').execute();

	await db.schema
		.createTable('playlist_item')
		.addColumn('id', 'text', (column) => column.primaryKey())
		.addColumn('playlist_id', 'text', (column) =>
			column.notNull().references('playlist.id').onDelete('cascade')
		)
		.addColumn('position', 'bigint', (column) => column.notNull())
		// No reference: what it named is still missed when the track is gone.
		.addColumn('track_id', 'text', (column) => column.notNull())
		.addColumn('title', 'text', (column) => column.notNull())
		.addColumn('artist', 'text', (column) => column.notNull())
		.addColumn('added_at', 'bigint', (column) => column.notNull())
		// The version that placed or removed it last.
		.addColumn('version', 'integer', (column) => column.notNull())
		.addColumn('removed_at', 'bigint')
		.execute();
	await db.schema
		.createIndex('playlist_item_order')
		.on('playlist_item')
		.columns(['playlist_id', 'removed_at', 'position', 'id'])
		.execute();
	await db.schema
		.createIndex('playlist_item_removed')
		.on('playlist_item')
		.column('removed_at')
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('playlist_item').execute();
	await db.schema.dropTable('playlist').execute();
}
