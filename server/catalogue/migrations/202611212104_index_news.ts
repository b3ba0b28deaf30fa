import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	// What an artist added after a time, however much there is of theirs and of others'.
	await db.schema
		.createIndex('track_news')
		.on('track')
		.columns(['artist_id', 'visibility', 'state', 'created_at'])
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropIndex('track_news').execute();
}
