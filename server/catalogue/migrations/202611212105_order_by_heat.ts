import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	// What everybody sees, by heat: with heat alone SQLite prefers to sort all that everybody sees.
	await db.schema.dropIndex('track_heat').execute();
	await db.schema
		.createIndex('track_hottest')
		.on('track')
		.columns(['visibility', 'state', 'heat'])
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropIndex('track_hottest').execute();
	await db.schema.createIndex('track_heat').on('track').column('heat').execute();
}
