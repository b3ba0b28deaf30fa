import { chmodSync, mkdirSync } from 'node:fs';
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
	type Dialect,
	type QueryResult,
	type SqliteDatabase,
	type SqliteStatement
} from 'kysely';
import { Problem } from '#contracts/problem';
import { errnoOf } from '../errno.ts';
import type { Database } from './schema.ts';

/** How long SQLite itself waits for another process; it stops the whole process meanwhile, so: hardly at all. */
const BLOCKING_WAIT_MS = 50;
/** How long a statement is tried again, with everybody else served in between. */
const MAX_WAIT_MS = 10_000;
const RETRY_MS = 50;

/** More than there are in the code; lists of ids make others, which come and go. */
const MAX_STATEMENTS = 300;

/**
 * SQLite, with every statement compiled once and not at each use. A statement may be in here because none is read
 * row by row: it is never used twice at the same time.
 */
class Statements implements SqliteDatabase {
	readonly #sqlite: SQLite.Database;
	/** Least recently used first. */
	readonly #prepared = new Map<string, SqliteStatement>();

	constructor(sqlite: SQLite.Database) {
		this.#sqlite = sqlite;
	}

	prepare(text: string): SqliteStatement {
		const statement = this.#prepared.get(text) ?? this.#sqlite.prepare(text);
		this.#prepared.delete(text);
		this.#prepared.set(text, statement);
		for (const [oldest] of this.#prepared) {
			if (this.#prepared.size <= MAX_STATEMENTS) break;
			this.#prepared.delete(oldest);
		}
		return statement;
	}

	close() {
		this.#prepared.clear();
		this.#sqlite.close();
	}
}

/** Waits for other processes without stopping this one. @throws Problem busy, disk_full */
class PatientConnection implements DatabaseConnection {
	readonly #inner: DatabaseConnection;

	constructor(inner: DatabaseConnection) {
		this.#inner = inner;
	}

	async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
		const deadline = performance.now() + MAX_WAIT_MS;
		for (;;) {
			try {
				return await this.#inner.executeQuery<Row>(query);
			} catch (error) {
				const code = errnoOf(error);
				if (code === 'SQLITE_FULL') throw new Problem('disk_full', { cause: error });
				if (!code?.startsWith('SQLITE_BUSY')) throw error;
				if (performance.now() > deadline) throw new Problem('busy', { cause: error });
				await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
			}
		}
	}

	streamQuery<Row>(query: CompiledQuery, chunkSize = 1) {
		return this.#inner.streamQuery<Row>(query, chunkSize);
	}
}

/** A write that another process makes meanwhile cannot be waited for once a transaction has read; so it takes the lock first. */
class ImmediateDriver extends SqliteDriver {
	readonly #sqlite: SQLite.Database;

	constructor(sqlite: SQLite.Database) {
		super({ database: new Statements(sqlite) });
		this.#sqlite = sqlite;
	}

	override async acquireConnection() {
		return new PatientConnection(await super.acquireConnection());
	}

	override async rollbackTransaction(connection: DatabaseConnection) {
		// A full disk has rolled back already, and says so by an error of its own.
		if (this.#sqlite.inTransaction) await super.rollbackTransaction(connection);
	}

	override async beginTransaction(connection: DatabaseConnection) {
		await connection.executeQuery(CompiledQuery.raw('begin immediate'));
	}
}

/** Opens SQLite so that what was committed survives a power cut. */
export function openSqlite(file: string): Kysely<Database> {
	mkdirSync(path.dirname(file), { recursive: true });
	const sqlite = new SQLite(file);
	// First, because switching to WAL already waits for other processes.
	sqlite.pragma('busy_timeout = 10000');
	sqlite.pragma('journal_mode = WAL');
	sqlite.pragma(`busy_timeout = ${BLOCKING_WAIT_MS}`);
	// Sessions and addresses are nobody else's on this machine.
	chmodSync(file, 0o600);
	// WAL with NORMAL may roll back what was committed when the power fails.
	sqlite.pragma('synchronous = FULL');
	sqlite.pragma('journal_size_limit = 67108864');
	return onSqlite(sqlite);
}

/** Asks and changes an open database; closes it at its own end. */
export function onSqlite(sqlite: SQLite.Database): Kysely<Database> {
	sqlite.pragma('foreign_keys = ON');
	const dialect: Dialect = {
		createDriver: () => new ImmediateDriver(sqlite),
		createQueryCompiler: () => new SqliteQueryCompiler(),
		createAdapter: () => new SqliteAdapter(),
		createIntrospector: (db) => new SqliteIntrospector(db)
	};
	return new Kysely<Database>({ dialect });
}
