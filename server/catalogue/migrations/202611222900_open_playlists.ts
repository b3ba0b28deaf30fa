import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.alterTable('playlist')
		.addColumn('is_open', 'integer', (column) => column.notNull().defaultTo(0))
		.execute();
	await db.schema
		.alterTable('playlist')
		.addColumn('is_open_version', 'integer', (column) => column.notNull().defaultTo(1))
		.execute();
	await db.schema
		.createTable('playlist_member')
		.addColumn('playlist_id', 'text', (column) =>
			column.notNull().references('playlist.id').onDelete('cascade')
		)
		.addColumn('person_id', 'text', (column) =>
			column.notNull().references('person.id').onDelete('cascade')
		)
		.addColumn('joined_at', 'bigint', (column) => column.notNull())
		.addPrimaryKeyConstraint('playlist_membership', ['playlist_id', 'person_id'])
		.execute();
	await db.schema
		.createIndex('playlist_member_person')
		.on('playlist_member')
		.column('person_id')
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('playlist_member').execute();
	await db.schema.alterTable('playlist').dropColumn('is_open_version').execute();
	await db.schema.alterTable('playlist').dropColumn('is_open').execute();
}
