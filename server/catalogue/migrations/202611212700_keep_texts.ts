import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema.alterTable('track').addColumn('text', 'text').execute();
	await db.schema.alterTable('track').addColumn('credits', 'text').execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.alterTable('track').dropColumn('credits').execute();
	await db.schema.alterTable('track').dropColumn('text').execute();
}
