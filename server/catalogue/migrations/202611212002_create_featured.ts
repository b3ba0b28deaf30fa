import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('featured')
		.addColumn('release_id', 'text', (column) =>
			column.primaryKey().references('release.id').onDelete('cascade')
		)
		.addColumn('position', 'integer', (column) => column.notNull().unique())
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('featured').execute();
}
