import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.alterTable('release')
		.addColumn('downloads', 'integer', (column) => column.notNull().defaultTo(0))
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.alterTable('release').dropColumn('downloads').execute();
}
