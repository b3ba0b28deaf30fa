import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('job')
		.addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
		.addColumn('kind', 'text', (column) => column.notNull())
		.addColumn('key', 'text', (column) => column.notNull().unique())
		.addColumn('payload', 'text', (column) => column.notNull())
		.addColumn('priority', 'integer', (column) => column.notNull())
		.addColumn('state', 'text', (column) => column.notNull())
		.addColumn('attempts', 'integer', (column) => column.notNull())
		.addColumn('run_at', 'bigint', (column) => column.notNull())
		.addColumn('lease_until', 'bigint')
		.addColumn('last_error', 'text')
		.execute();
	await db.schema
		.createIndex('job_next')
		.on('job')
		.columns(['state', 'priority', 'run_at'])
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('job').execute();
}
