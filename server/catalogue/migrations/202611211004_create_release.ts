import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('release')
		.addColumn('id', 'text', (column) => column.primaryKey())
		.addColumn('slug', 'text', (column) => column.notNull().unique())
		.addColumn('owner_id', 'text', (column) => column.notNull().references('person.id'))
		.addColumn('artist_id', 'text', (column) => column.notNull().references('artist.id'))
		.addColumn('title', 'text', (column) => column.notNull())
		.addColumn('title_key', 'text', (column) => column.notNull())
		.addColumn('year', 'integer')
		.addColumn('cover_hash', 'text')
		.addColumn('cover_color', 'text')
		.addColumn('created_at', 'bigint', (column) => column.notNull())
		.addUniqueConstraint('release_once', ['owner_id', 'artist_id', 'title_key'])
		.execute();
	await db.schema
		.createIndex('release_newest')
		.on('release')
		.columns(['created_at', 'id'])
		.execute();
	await db.schema.createIndex('release_artist').on('release').column('artist_id').execute();
	await db.schema.createIndex('release_cover').on('release').column('cover_hash').execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('release').execute();
}
