import { sql, type Kysely } from 'kysely';

// What is new of an artist since it was listed, and what of theirs is played most.
const INDEXES = {
	track_news: 'track (artist_id, listed, listed_at)',
	track_top: 'track (artist_id, listed, plays, created_at)'
};

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema.dropIndex('track_news').execute();
	for (const [name, columns] of Object.entries(INDEXES)) {
		await sql`create index ${sql.ref(name)} on ${sql.raw(columns)}`.execute(db);
	}
}

export async function down(db: Kysely<any>) {
	for (const name of Object.keys(INDEXES)) await db.schema.dropIndex(name).execute();
	await db.schema
		.createIndex('track_news')
		.on('track')
		.columns(['artist_id', 'visibility', 'state', 'created_at'])
		.execute();
}
