import { sql, type Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	for (const name of ['watch', 'shared', 'copied', 'altered', 'gone']) {
		await db.schema
			.alterTable('import')
			.addColumn(name, 'integer', (column) => column.notNull().defaultTo(0))
			.execute();
	}
	await db.schema.alterTable('import').addColumn('seen', 'text').execute();
	for (const name of ['kept', 'kept_version']) {
		await db.schema.alterTable('import_item').addColumn(name, 'text').execute();
	}
	await db.schema
		.createIndex('import_watched')
		.on('import')
		.columns(['id'])
		.where(sql.ref('watch'), '=', sql`1`)
		.execute();
	await db.schema
		.createIndex('import_sharing')
		.on('import')
		.columns(['id'])
		.where(sql.ref('shared'), '>', sql`0`)
		.execute();
	await db.schema
		.createIndex('import_item_kept')
		.on('import_item')
		.columns(['import_id', 'kept', 'state', 'id'])
		.where(sql.ref('kept'), 'is not', sql`null`)
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropIndex('import_item_kept').execute();
	await db.schema.dropIndex('import_sharing').execute();
	await db.schema.dropIndex('import_watched').execute();
	for (const name of ['kept', 'kept_version']) {
		await db.schema.alterTable('import_item').dropColumn(name).execute();
	}
	for (const name of ['watch', 'shared', 'copied', 'altered', 'gone', 'seen']) {
		await db.schema.alterTable('import').dropColumn(name).execute();
	}
}
