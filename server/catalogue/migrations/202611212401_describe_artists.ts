import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	for (const column of ['text', 'links', 'picture_hash', 'picture_color']) {
		await db.schema.alterTable('artist').addColumn(column, 'text').execute();
	}
	await db.schema.createIndex('artist_picture').on('artist').column('picture_hash').execute();
	// Tags go on naming an artist as they did before somebody gave that artist another name.
	await db.schema
		.createTable('artist_alias')
		.addColumn('name_key', 'text', (column) => column.primaryKey())
		.addColumn('artist_id', 'text', (column) =>
			column.notNull().references('artist.id').onDelete('cascade')
		)
		.execute();
	await db.schema.createIndex('artist_alias_of').on('artist_alias').column('artist_id').execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('artist_alias').execute();
	await db.schema.dropIndex('artist_picture').execute();
	for (const column of ['picture_color', 'picture_hash', 'links', 'text']) {
		await db.schema.alterTable('artist').dropColumn(column).execute();
	}
}
