import { sql, type Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	for (const table of ['track', 'release']) {
		await db.schema.alterTable(table).addColumn('genre', 'text').execute();
		await db.schema.alterTable(table).addColumn('date', 'text').execute();
		await sql`
			update ${sql.table(table)} set date = printf('%04d', year) where year is not null
		`.execute(db);
	}
}

export async function down(db: Kysely<any>) {
	for (const table of ['release', 'track']) {
		await db.schema.alterTable(table).dropColumn('date').execute();
		await db.schema.alterTable(table).dropColumn('genre').execute();
	}
}
