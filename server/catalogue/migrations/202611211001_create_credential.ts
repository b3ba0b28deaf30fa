import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('credential')
		.addColumn('token_hash', 'text', (column) => column.primaryKey())
		.addColumn('person_id', 'text', (column) =>
			column.notNull().references('person.id').onDelete('cascade')
		)
		.addColumn('kind', 'text', (column) => column.notNull())
		.addColumn('created_at', 'bigint', (column) => column.notNull())
		.addColumn('expires_at', 'bigint')
		.execute();
	await db.schema
		.createIndex('credential_person')
		.on('credential')
		.columns(['person_id', 'kind'])
		.execute();
	await db.schema.createIndex('credential_expiry').on('credential').column('expires_at').execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('credential').execute();
}
