import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('liked')
		.addColumn('person_id', 'text', (column) =>
			column.notNull().references('person.id').onDelete('cascade')
		)
		.addColumn('track_id', 'text', (column) =>
			column.notNull().references('track.id').onDelete('cascade')
		)
		.addColumn('at', 'bigint', (column) => column.notNull())
		.addPrimaryKeyConstraint('liked_key', ['person_id', 'track_id'])
		.execute();
	await db.schema
		.createIndex('liked_newest')
		.on('liked')
		.columns(['person_id', 'at', 'track_id'])
		.execute();
	await db.schema.createIndex('liked_track').on('liked').column('track_id').execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('liked').execute();
}
