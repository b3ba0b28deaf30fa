import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema.alterTable('track').addColumn('musicbrainz', 'text').execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.alterTable('track').dropColumn('musicbrainz').execute();
}
