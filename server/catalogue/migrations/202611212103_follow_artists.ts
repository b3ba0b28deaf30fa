import type { Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('follow')
		.addColumn('person_id', 'text', (column) =>
			column.notNull().references('person.id').onDelete('cascade')
		)
		.addColumn('artist_id', 'text', (column) =>
			column.notNull().references('artist.id').onDelete('cascade')
		)
		.addColumn('at', 'bigint', (column) => column.notNull())
		.addPrimaryKeyConstraint('follow_key', ['person_id', 'artist_id'])
		.execute();
	await db.schema
		.createIndex('follow_newest')
		.on('follow')
		.columns(['person_id', 'at', 'artist_id'])
		.execute();
	await db.schema.createIndex('follow_artist').on('follow').column('artist_id').execute();
	// When this person looked last at what is new.
	await db.schema
		.alterTable('person')
		.addColumn('news_seen_at', 'bigint', (column) => column.notNull().defaultTo(0))
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.alterTable('person').dropColumn('news_seen_at').execute();
	await db.schema.dropTable('follow').execute();
}
