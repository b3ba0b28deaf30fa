import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('invite')
		.addColumn('token_hash', 'text', (column) => column.primaryKey())
		.addColumn('role', 'text', (column) => column.notNull())
		.addColumn('created_by', 'text', (column) => column.references('person.id').onDelete('cascade'))
		.addColumn('created_at', 'bigint', (column) => column.notNull())
		.addColumn('expires_at', 'bigint', (column) => column.notNull())
		.addColumn('used_at', 'bigint')
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('invite').execute();
}
