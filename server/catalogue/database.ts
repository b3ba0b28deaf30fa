import { mkdirSync } from 'node:fs';
import path from 'node:path';
import SQLite from 'better-sqlite3';
import {
	CompiledQuery,
	Kysely,
	SqliteAdapter,
	SqliteDriver,
	SqliteIntrospector,
	SqliteQueryCompiler,
	type DatabaseConnection,
	type Dialect
} from 'kysely';
import type { Database } from './schema.ts';

/** A write that another process makes meanwhile cannot be waited for once a transaction has read; so it takes the lock first. */
class ImmediateDriver extends SqliteDriver {
	override async beginTransaction(connection: DatabaseConnection) {
		await connection.executeQuery(CompiledQuery.raw('begin immediate'));
	}
}

/** Opens SQLite so that what was committed survives a power cut. */
export function openSqlite(file: string): Kysely<Database> {
	if (file !== ':memory:') mkdirSync(path.dirname(file), { recursive: true });
	const sqlite = new SQLite(file);
	// First, because switching to WAL already waits for other processes.
	sqlite.pragma('busy_timeout = 10000');
	sqlite.pragma('journal_mode = WAL');
	// WAL with NORMAL may roll back what was committed when the power fails.
	sqlite.pragma('synchronous = FULL');
	sqlite.pragma('foreign_keys = ON');
	sqlite.pragma('journal_size_limit = 67108864');
	const dialect: Dialect = {
		createDriver: () => new ImmediateDriver({ database: sqlite }),
		createQueryCompiler: () => new SqliteQueryCompiler(),
		createAdapter: () => new SqliteAdapter(),
		createIntrospector: (db) => new SqliteIntrospector(db)
	};
	return new Kysely<Database>({ dialect });
}
