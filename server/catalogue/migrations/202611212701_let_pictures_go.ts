import { sql, type Kysely } from 'kysely';

/** Where pictures are named. */
const NAMED_BY = [
	['track', 'cover_hash'],
	['release', 'cover_hash'],
	['artist', 'picture_hash'],
	['folder_cover', 'cover_hash'],
	['suggestion', 'cover_hash'],
	['cover', 'hash']
] as const;

const INDEXES = {
	suggestion_cover: sql`suggestion (cover_hash) where cover_hash is not null`,
	upload_said_cover: sql`upload (json_extract(description, '$.cover')) where json_extract(description, '$.cover') is not null`
};

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	for (const [name, on] of Object.entries(INDEXES)) {
		await sql`create index ${sql.ref(name)} on ${on}`.execute(db);
	}
	// Whatever stops naming a picture, for whatever reason: whether others name it is asked before it is erased.
	for (const [table, column] of NAMED_BY) {
		const [of, old] = [sql.ref(table), sql.ref(`old.${column}`)];
		const note = sql`insert or ignore into loose_file (kind, hash) values ('cover', ${old})`;
		await sql`create trigger ${sql.ref(`${table}_unpainted`)} after update of ${sql.ref(column)} on ${of}
			when ${old} is not null and ${old} is not ${sql.ref(`new.${column}`)} begin ${note}; end`.execute(
			db
		);
		await sql`create trigger ${sql.ref(`${table}_picture_gone`)} after delete on ${of}
			when ${old} is not null begin ${note}; end`.execute(db);
	}
}

export async function down(db: Kysely<any>) {
	for (const [table] of NAMED_BY) {
		await sql`drop trigger ${sql.ref(`${table}_picture_gone`)}`.execute(db);
		await sql`drop trigger ${sql.ref(`${table}_unpainted`)}`.execute(db);
	}
	for (const name of Object.keys(INDEXES)) await db.schema.dropIndex(name).execute();
}
