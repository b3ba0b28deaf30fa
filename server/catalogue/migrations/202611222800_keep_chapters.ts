import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('chapter')
		.addColumn('track_id', 'text', (column) =>
			column.notNull().references('track.id').onDelete('cascade')
		)
		.addColumn('start_ms', 'integer', (column) => column.notNull())
		.addColumn('title', 'text', (column) => column.notNull())
		.addPrimaryKeyConstraint('chapter_place', ['track_id', 'start_ms'])
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('chapter').execute();
}
