import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createIndex('track_original')
		.on('track')
		.columns(['owner_id', 'original_size', 'original_name'])
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropIndex('track_original').execute();
}
