import { sql, type Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('suggestion')
		.addColumn('release_id', 'text', (column) =>
			column.primaryKey().references('release.id').onDelete('cascade')
		)
		.addColumn('asked_by', 'text', (column) =>
			column.notNull().references('person.id').onDelete('cascade')
		)
		.addColumn('asked_at', 'bigint', (column) => column.notNull())
		.addColumn('state', 'text', (column) => column.notNull())
		.addColumn('code', 'text')
		.addColumn('found', 'text')
		.addColumn('cover_hash', 'text')
		.addColumn('cover_color', 'text')
		.execute();
	await db.schema
		.createIndex('suggestion_line')
		.on('suggestion')
		.column('asked_at')
		.where(sql.ref('state'), 'in', sql`('waiting', 'looking')`)
		.execute();
	await db.schema.createIndex('suggestion_of').on('suggestion').column('asked_by').execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('suggestion').execute();
}
