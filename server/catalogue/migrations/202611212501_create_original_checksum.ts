import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('original_checksum')
		.addColumn('sha256', 'text', (column) => column.primaryKey())
		.addColumn('crc32', 'integer', (column) => column.notNull())
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('original_checksum').execute();
}
