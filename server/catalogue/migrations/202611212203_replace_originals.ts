import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema.alterTable('upload').addColumn('replaces_id', 'text').execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.alterTable('upload').dropColumn('replaces_id').execute();
}
