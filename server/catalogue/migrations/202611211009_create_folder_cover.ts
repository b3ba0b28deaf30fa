import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('folder_cover')
		.addColumn('person_id', 'text', (column) =>
			column.notNull().references('person.id').onDelete('cascade')
		)
		.addColumn('folder', 'text', (column) => column.notNull())
		.addColumn('cover_hash', 'text', (column) => column.notNull())
		.addColumn('cover_color', 'text', (column) => column.notNull())
		.addPrimaryKeyConstraint('folder_cover_once', ['person_id', 'folder'])
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('folder_cover').execute();
}
