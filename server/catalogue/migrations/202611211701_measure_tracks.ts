import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.alterTable('track')
		.addColumn('measure_state', 'text', (column) => column.notNull().defaultTo('waiting'))
		.execute();
	await db.schema.alterTable('track').addColumn('loudness', 'real').execute();
	await db.schema.alterTable('track').addColumn('true_peak', 'real').execute();
	await db.schema.alterTable('track').addColumn('gapless', 'text').execute();
	await db.schema
		.createIndex('track_measure_state')
		.on('track')
		.columns(['measure_state', 'id'])
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropIndex('track_measure_state').execute();
	for (const column of ['gapless', 'true_peak', 'loudness', 'measure_state']) {
		await db.schema.alterTable('track').dropColumn(column).execute();
	}
}
