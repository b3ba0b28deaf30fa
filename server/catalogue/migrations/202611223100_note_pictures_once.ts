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

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	// SQLite, CREATE TRIGGER: an upsert that sets a trigger off also decides about conflicts in it, so `or ignore` was not
	// heard there, and a picture that had been let go of before made the whole statement fail.
	await replaceTriggers(
		db,
		(old) => sql`insert into loose_file (kind, hash) select 'cover', ${old}
			where not exists (select 1 from loose_file where kind = 'cover' and hash = ${old})`
	);
}

export async function down(db: Kysely<any>) {
	await replaceTriggers(
		db,
		(old) => sql`insert or ignore into loose_file (kind, hash) values ('cover', ${old})`
	);
}

async function replaceTriggers(db: Kysely<any>, noteOf: (old: unknown) => ReturnType<typeof sql>) {
	for (const [table, column] of NAMED_BY) {
		const [of, old] = [sql.ref(table), sql.ref(`old.${column}`)];
		const [unpainted, gone] = [sql.ref(`${table}_unpainted`), sql.ref(`${table}_picture_gone`)];
		await sql`drop trigger ${unpainted}`.execute(db);
		await sql`drop trigger ${gone}`.execute(db);
		await sql`create trigger ${unpainted} after update of ${sql.ref(column)} on ${of}
			when ${old} is not null and ${old} is not ${sql.ref(`new.${column}`)}
			begin ${noteOf(old)}; end`.execute(db);
		await sql`create trigger ${gone} after delete on ${of}
			when ${old} is not null begin ${noteOf(old)}; end`.execute(db);
	}
}
