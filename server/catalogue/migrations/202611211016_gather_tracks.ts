import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema.alterTable('track').addColumn('gathering', 'text').execute();
	await db.schema.alterTable('track').addColumn('lead_id', 'text').execute();
	// All that is asked of a gathering, so that a folder of ten thousand is not read track by track.
	await db.schema
		.createIndex('track_gathering')
		.on('track')
		.columns(['owner_id', 'gathering', 'release_id', 'lead_id'])
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropIndex('track_gathering').execute();
	await db.schema.alterTable('track').dropColumn('lead_id').execute();
	await db.schema.alterTable('track').dropColumn('gathering').execute();
}
