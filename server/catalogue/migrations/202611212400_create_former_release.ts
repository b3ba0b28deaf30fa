import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('former_release')
		.addColumn('slug', 'text', (column) => column.primaryKey())
		.addColumn('release_id', 'text', (column) =>
			column.notNull().references('release.id').onDelete('cascade')
		)
		.execute();
	await db.schema
		.createIndex('former_release_of')
		.on('former_release')
		.column('release_id')
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('former_release').execute();
}
