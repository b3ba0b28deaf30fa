import { sql, type Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('report')
		.addColumn('id', 'text', (column) => column.primaryKey())
		.addColumn('kind', 'text', (column) => column.notNull())
		// No reference: what was said stays when the music is gone.
		.addColumn('target_id', 'text', (column) => column.notNull())
		.addColumn('name', 'text', (column) => column.notNull())
		.addColumn('artist', 'text', (column) => column.notNull())
		.addColumn('reason', 'text', (column) => column.notNull())
		.addColumn('text', 'text')
		.addColumn('reporter_id', 'text', (column) =>
			column.references('person.id').onDelete('set null')
		)
		.addColumn('state', 'text', (column) => column.notNull())
		.addColumn('created_at', 'bigint', (column) => column.notNull())
		.execute();
	await db.schema
		.createIndex('report_state')
		.on('report')
		.columns(['state', 'created_at', 'id'])
		.execute();
	await db.schema
		.createIndex('report_target')
		.on('report')
		.columns(['target_id', 'reporter_id', 'state'])
		.execute();
	await sql`create index track_taken_down on track (taken_down_at, id) where taken_down_at is not null`.execute(
		db
	);
	await db.schema
		.createTable('barred_original')
		.addColumn('sha256', 'text', (column) => column.primaryKey())
		.addColumn('reason', 'text', (column) => column.notNull())
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('barred_original').execute();
	await db.schema.dropIndex('track_taken_down').execute();
	await db.schema.dropTable('report').execute();
}
