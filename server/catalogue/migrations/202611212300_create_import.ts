import { sql, type Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('import')
		.addColumn('id', 'text', (column) => column.primaryKey())
		.addColumn('person_id', 'text', (column) =>
			column.notNull().references('person.id').onDelete('cascade')
		)
		.addColumn('source', 'text', (column) => column.notNull())
		.addColumn('place', 'text', (column) => column.notNull())
		.addColumn('label', 'text', (column) => column.notNull())
		.addColumn('body', 'text', (column) => column.notNull())
		.addColumn('secret', 'text')
		.addColumn('publish', 'integer', (column) => column.notNull())
		.addColumn('state', 'text', (column) => column.notNull())
		.addColumn('code', 'text')
		.addColumn('cursor', 'text')
		.addColumn('is_listed', 'integer', (column) => column.notNull())
		.addColumn('said_total', 'integer')
		.addColumn('listed', 'integer', (column) => column.notNull())
		.addColumn('done', 'integer', (column) => column.notNull())
		.addColumn('skipped', 'integer', (column) => column.notNull())
		.addColumn('failed', 'integer', (column) => column.notNull())
		.addColumn('bytes', 'bigint', (column) => column.notNull())
		.addColumn('created_at', 'bigint', (column) => column.notNull())
		.addColumn('queued_at', 'bigint', (column) => column.notNull())
		.addColumn('ended_at', 'bigint')
		.execute();
	await db.schema
		.createIndex('import_of_person')
		.on('import')
		.columns(['person_id', 'created_at'])
		.execute();
	// One of a person and a place at a time, whoever asks at the same moment.
	await db.schema
		.createIndex('import_open')
		.unique()
		.on('import')
		.columns(['person_id', 'place'])
		.where(sql.ref('state'), 'in', sql`('queued', 'running', 'paused')`)
		.execute();
	await db.schema.createIndex('import_line').on('import').columns(['state', 'queued_at']).execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('import').execute();
}
