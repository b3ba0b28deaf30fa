import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('track')
		.addColumn('id', 'text', (column) => column.primaryKey())
		.addColumn('slug', 'text', (column) => column.notNull().unique())
		.addColumn('owner_id', 'text', (column) => column.notNull().references('person.id'))
		.addColumn('artist_id', 'text', (column) => column.notNull().references('artist.id'))
		.addColumn('release_id', 'text', (column) => column.references('release.id'))
		.addColumn('title', 'text', (column) => column.notNull())
		.addColumn('disc_number', 'integer')
		.addColumn('track_number', 'integer')
		.addColumn('year', 'integer')
		.addColumn('duration_ms', 'integer', (column) => column.notNull())
		.addColumn('state', 'text', (column) => column.notNull())
		.addColumn('visibility', 'text', (column) => column.notNull())
		.addColumn('original_sha256', 'text', (column) => column.notNull())
		.addColumn('original_size', 'bigint', (column) => column.notNull())
		.addColumn('original_name', 'text', (column) => column.notNull())
		.addColumn('original_format', 'text', (column) => column.notNull())
		.addColumn('stream_path', 'text')
		.addColumn('stream_type', 'text')
		.addColumn('cover_hash', 'text')
		.addColumn('cover_color', 'text')
		.addColumn('upload_id', 'text', (column) => column.notNull().unique())
		.addColumn('created_at', 'bigint', (column) => column.notNull())
		.addUniqueConstraint('track_once', ['owner_id', 'original_sha256'])
		.execute();
	await db.schema
		.createIndex('track_newest')
		.on('track')
		.columns(['visibility', 'state', 'created_at', 'id'])
		.execute();
	await db.schema.createIndex('track_release').on('track').column('release_id').execute();
	await db.schema.createIndex('track_artist').on('track').column('artist_id').execute();
	await db.schema
		.createIndex('track_owner')
		.on('track')
		.columns(['owner_id', 'created_at', 'id'])
		.execute();
	await db.schema.createIndex('track_cover').on('track').column('cover_hash').execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('track').execute();
}
