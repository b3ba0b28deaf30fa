import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('earlier_original')
		.addColumn('track_id', 'text', (column) =>
			column.notNull().references('track.id').onDelete('cascade')
		)
		.addColumn('sha256', 'text', (column) => column.notNull())
		.addColumn('size', 'bigint', (column) => column.notNull())
		.addColumn('name', 'text', (column) => column.notNull())
		.addColumn('format', 'text', (column) => column.notNull())
		.addColumn('replaced_at', 'bigint', (column) => column.notNull())
		.addPrimaryKeyConstraint('earlier_original_key', ['track_id', 'sha256'])
		.execute();
	// The same song in another format is as long as this one.
	await db.schema
		.createIndex('track_length')
		.on('track')
		.columns(['owner_id', 'duration_ms'])
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropIndex('track_length').execute();
	await db.schema.dropTable('earlier_original').execute();
}
