import { sql, type Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('import_item')
		.addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
		.addColumn('person_id', 'text', (column) =>
			column.notNull().references('person.id').onDelete('cascade')
		)
		.addColumn('place', 'text', (column) => column.notNull())
		.addColumn('source_id', 'text', (column) => column.notNull())
		.addColumn('import_id', 'text', (column) =>
			column.notNull().references('import.id').onDelete('cascade')
		)
		.addColumn('state', 'text', (column) => column.notNull())
		.addColumn('code', 'text')
		.addColumn('name', 'text', (column) => column.notNull())
		.addColumn('path', 'text')
		.addColumn('size', 'bigint')
		.addColumn('changed', 'text')
		.addColumn('type', 'text')
		.addColumn('sha256', 'text')
		.addColumn('description', 'text')
		.addColumn('locator', 'text')
		.addColumn('validator', 'text')
		.addColumn('whole_size', 'bigint')
		.addColumn('upload_id', 'text')
		.addColumn('attempts', 'integer', (column) => column.notNull())
		.addColumn('run_at', 'bigint', (column) => column.notNull())
		.execute();
	await db.schema
		.createIndex('import_item_source')
		.unique()
		.on('import_item')
		.columns(['person_id', 'place', 'source_id'])
		.execute();
	await db.schema
		.createIndex('import_item_state')
		.on('import_item')
		.columns(['import_id', 'state', 'id'])
		.execute();
	await db.schema
		.createIndex('import_item_due')
		.on('import_item')
		.columns(['import_id', 'run_at', 'id'])
		.where(sql.ref('state'), '=', sql`'waiting'`)
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('import_item').execute();
}
