import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('cover')
		.addColumn('hash', 'text', (column) => column.notNull())
		.addColumn('person_id', 'text', (column) =>
			column.notNull().references('person.id').onDelete('cascade')
		)
		.addColumn('color', 'text', (column) => column.notNull())
		.addColumn('created_at', 'bigint', (column) => column.notNull())
		.addPrimaryKeyConstraint('cover_once', ['hash', 'person_id'])
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('cover').execute();
}
