import { sql, type Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createIndex('upload_open')
		.on('upload')
		.columns(['person_id', 'changed'])
		.where(sql<boolean>`state in ('waiting', 'sending')`)
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropIndex('upload_open').execute();
}
