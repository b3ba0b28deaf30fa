import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('rendition')
		.addColumn('track_id', 'text', (column) =>
			column.notNull().references('track.id').onDelete('cascade')
		)
		.addColumn('kind', 'text', (column) => column.notNull())
		.addColumn('state', 'text', (column) => column.notNull())
		.addColumn('bits_per_second', 'integer', (column) => column.notNull())
		.addPrimaryKeyConstraint('rendition_key', ['track_id', 'kind'])
		.execute();
	await db.schema.createIndex('rendition_state').on('rendition').column('state').execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('rendition').execute();
}
