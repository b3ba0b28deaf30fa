import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema.alterTable('track').addColumn('taken_down_at', 'bigint').execute();
	await db.schema.alterTable('track').addColumn('taken_down_reason', 'text').execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.alterTable('track').dropColumn('taken_down_reason').execute();
	await db.schema.alterTable('track').dropColumn('taken_down_at').execute();
}
