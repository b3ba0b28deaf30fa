import { sql, type Kysely } from 'kysely';

// An artist's page reads the newest of each list, however much music there is; and whose it is, by its two ends.
const INDEXES = {
	release_of_artist: 'release (artist_id, year desc, created_at desc, id)',
	release_artist_owner: 'release (artist_id, owner_id)',
	track_of_artist: 'track (artist_id, release_id, created_at desc, id)',
	track_artist_newest: 'track (artist_id, created_at, id)',
	track_artist_owner: 'track (artist_id, owner_id)'
};

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	for (const [name, columns] of Object.entries(INDEXES)) {
		await sql`create index ${sql.ref(name)} on ${sql.raw(columns)}`.execute(db);
	}
}

export async function down(db: Kysely<any>) {
	for (const name of Object.keys(INDEXES)) await db.schema.dropIndex(name).execute();
}
