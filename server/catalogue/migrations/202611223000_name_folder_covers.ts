import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	// What is there already has no name: every other one goes before it.
	await db.schema
		.alterTable('folder_cover')
		.addColumn('name', 'text', (column) => column.notNull().defaultTo(''))
		.execute();
	await db.schema
		.alterTable('folder_cover')
		.addColumn('size', 'integer', (column) => column.notNull().defaultTo(0))
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.alterTable('folder_cover').dropColumn('size').execute();
	await db.schema.alterTable('folder_cover').dropColumn('name').execute();
}
