import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('event')
		.addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
		.addColumn('person_id', 'text', (column) => column.references('person.id').onDelete('cascade'))
		.addColumn('body', 'text', (column) => column.notNull())
		.addColumn('at', 'bigint', (column) => column.notNull())
		.execute();
	await db.schema.createIndex('event_age').on('event').column('at').execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('event').execute();
}
