import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema.alterTable('person').addColumn('quota_bytes', 'bigint').execute();
	await db.schema.alterTable('person').addColumn('removed_at', 'bigint').execute();
	await db.schema.createIndex('person_age').on('person').columns(['created_at', 'id']).execute();
	await db.schema.createIndex('person_removed').on('person').column('removed_at').execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropIndex('person_removed').execute();
	await db.schema.dropIndex('person_age').execute();
	await db.schema.alterTable('person').dropColumn('removed_at').execute();
	await db.schema.alterTable('person').dropColumn('quota_bytes').execute();
}
