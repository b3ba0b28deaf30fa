import SQLite from 'better-sqlite3';
import type { Kysely } from 'kysely';
import { catalogueOf, type Catalogue } from './catalogue.ts';
import { onSqlite } from './database.ts';
import { migrate } from './migrate.ts';
import type { Database } from './schema.ts';

let template: Promise<Buffer> | null = null;

/** An empty database of the newest schema that is gone when it is closed. Made once and copied, for tests have many. */
export async function databaseInMemory(): Promise<Kysely<Database>> {
	template ??= makeTemplate();
	return onSqlite(new SQLite(await template));
}

/** A catalogue on such a database. */
export async function catalogueInMemory(): Promise<Catalogue> {
	return catalogueOf(await databaseInMemory());
}

async function makeTemplate(): Promise<Buffer> {
	const sqlite = new SQLite(':memory:');
	const db = onSqlite(sqlite);
	await migrate(db);
	const bytes = sqlite.serialize();
	await db.destroy();
	return bytes;
}
