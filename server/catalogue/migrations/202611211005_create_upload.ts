import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('upload')
		.addColumn('id', 'text', (column) => column.primaryKey())
		.addColumn('person_id', 'text', (column) => column.notNull().references('person.id'))
		.addColumn('key', 'text', (column) => column.notNull())
		.addColumn('name', 'text', (column) => column.notNull())
		.addColumn('path', 'text')
		.addColumn('size', 'bigint', (column) => column.notNull())
		.addColumn('type', 'text')
		.addColumn('sha256', 'text')
		.addColumn('publish', 'integer', (column) => column.notNull())
		.addColumn('state', 'text', (column) => column.notNull())
		.addColumn('code', 'text')
		.addColumn('track_id', 'text')
		.addColumn('changed', 'bigint', (column) => column.notNull().unique())
		.addColumn('created_at', 'bigint', (column) => column.notNull())
		.addColumn('active_at', 'bigint', (column) => column.notNull())
		.addUniqueConstraint('upload_once', ['person_id', 'key'])
		.execute();
	await db.schema
		.createIndex('upload_changes')
		.on('upload')
		.columns(['person_id', 'changed'])
		.execute();
	await db.schema.createIndex('upload_path').on('upload').columns(['person_id', 'path']).execute();
	await db.schema.createIndex('upload_state').on('upload').columns(['state', 'id']).execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('upload').execute();
}
