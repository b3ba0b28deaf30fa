import { chmodSync, mkdirSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
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
	readonly #prepared = new Map<string, SQLite.Statement<unknown[]>>();

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

	/** Of one that was prepared a moment ago. */
	writes(text: string): boolean {
		return !this.#prepared.get(text)?.readonly;
	}

	close() {
		this.#prepared.clear();
		this.#sqlite.close();
	}
}

/** Who has the database has it alone, in the order in which they came. */
class Turns {
	#last: Promise<void> = Promise.resolve();

	/** @returns what ends the turn */
	async take(): Promise<() => void> {
		const before = this.#last;
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#last = promise;
		await before;
		return resolve;
	}
}

/** A turn at the database. Waits for other processes, and for the disk, without stopping this one. */
class PatientConnection implements DatabaseConnection {
	readonly #inner: DatabaseConnection;
	readonly #parts: DriverParts & { turns: Turns };
	#leave: (() => void) | null = null;

	constructor(inner: DatabaseConnection, parts: DriverParts & { turns: Turns }) {
		this.#inner = inner;
		this.#parts = parts;
	}

	async take(): Promise<void> {
		this.#leave ??= await this.#parts.turns.take();
	}

	get hasTurn(): boolean {
		return this.#leave !== null;
	}

	leave() {
		this.#leave?.();
		this.#leave = null;
	}

	/** @throws Problem busy, disk_full */
	async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
		await this.take();
		const result = await this.#execute<Row>(query);
		const { sqlite, statements } = this.#parts;
		if (!sqlite.inTransaction && statements.writes(query.sql)) await this.keep();
		return result;
	}

	/** Others have their turn while the disk takes what was committed. */
	async keep(): Promise<void> {
		this.leave();
		await this.#parts.log?.flushed();
	}

	streamQuery<Row>(query: CompiledQuery, chunkSize = 1) {
		return this.#inner.streamQuery<Row>(query, chunkSize);
	}

	async #execute<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
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
}

/** What was committed, on its way to the disk. */
type Log = Pick<WriteAheadLog, 'flushed' | 'close'>;

interface DriverParts {
	sqlite: SQLite.Database;
	statements: Statements;
	/** Null where nothing outlives the process. */
	log: Log | null;
}

/** A write that another process makes meanwhile cannot be waited for once a transaction has read; so it takes the lock first. */
class ImmediateDriver extends SqliteDriver {
	readonly #parts: DriverParts;
	readonly #turns = new Turns();

	constructor(parts: DriverParts) {
		super({ database: parts.statements });
		this.#parts = parts;
	}

	override async acquireConnection() {
		const inner = await super.acquireConnection();
		const connection = new PatientConnection(inner, { ...this.#parts, turns: this.#turns });
		await connection.take();
		return connection;
	}

	override async releaseConnection(connection?: DatabaseConnection) {
		if (connection instanceof PatientConnection) connection.leave();
	}

	override async rollbackTransaction(connection: DatabaseConnection) {
		// Committed, and the disk did not take it: the transaction that is open now is another's.
		if (connection instanceof PatientConnection && !connection.hasTurn) return;
		// A full disk has rolled back already, and says so by an error of its own.
		if (this.#parts.sqlite.inTransaction) await super.rollbackTransaction(connection);
	}

	override async beginTransaction(connection: DatabaseConnection) {
		await connection.executeQuery(CompiledQuery.raw('begin immediate'));
	}

	override async commitTransaction(connection: DatabaseConnection) {
		await super.commitTransaction(connection);
		if (connection instanceof PatientConnection) await connection.keep();
	}

	override async destroy() {
		// The last flush needs the log, which SQLite takes away with the last connection.
		await this.#parts.log?.close();
		await super.destroy();
	}
}

/** The driver gives turns itself: a turn ends before what was done in it is on the disk. */
class TurnsAdapter extends SqliteAdapter {
	override get supportsMultipleConnections() {
		return true;
	}
}

type LogFile = Pick<FileHandle, 'datasync' | 'close'>;

/**
 * Brings what was committed to the disk by a thread of its own: SQLite would stop this one for it, with everybody who
 * waits for a page. Commits that wait share a flush. A file descriptor of the log is nobody's lock.
 */
export class WriteAheadLog {
	readonly #open: () => Promise<LogFile>;
	#handle: Promise<LogFile> | null = null;
	#running: Promise<void> = Promise.resolve();
	/** Has not begun, so that it takes along what is committed until then. */
	#next: Promise<void> | null = null;

	constructor(opens: () => Promise<LogFile>) {
		this.#open = opens;
	}

	/** Resolves when all that was committed before survives a power cut. @throws what the disk said */
	flushed(): Promise<void> {
		return (this.#next ??= this.#running
			.catch(() => {}) // whoever waited for that one was told
			.then(() => {
				this.#next = null;
				return (this.#running = this.#flush());
			}));
	}

	async close(): Promise<void> {
		await (this.#next ?? this.#running).catch(() => {});
		await (await this.#handle)?.close();
		this.#handle = null;
	}

	async #flush(): Promise<void> {
		// There from the first write on, and the same file until the database is closed.
		const handle = await (this.#handle ??= this.#open().catch((error: unknown) => {
			this.#handle = null;
			throw error;
		}));
		await handle.datasync();
	}
}

/** Opens SQLite so that what was committed survives a power cut. */
export function openSqlite(file: string): Kysely<Database> {
	mkdirSync(path.dirname(file), { recursive: true });
	const sqlite = new SQLite(file);
	// First, because switching to WAL already waits for other processes.
	sqlite.pragma('busy_timeout = 10000');
	// Not on every file system.
	const isLogged = sqlite.pragma('journal_mode = WAL', { simple: true }) === 'wal';
	sqlite.pragma(`busy_timeout = ${BLOCKING_WAIT_MS}`);
	// Sessions and addresses are nobody else's on this machine.
	chmodSync(file, 0o600);
	// WAL with NORMAL may roll back what was committed when the power fails: so each commit waits for the log's flush.
	sqlite.pragma(`synchronous = ${isLogged ? 'NORMAL' : 'FULL'}`);
	sqlite.pragma('journal_size_limit = 67108864');
	return onSqlite(sqlite, isLogged ? new WriteAheadLog(() => open(`${file}-wal`, 'r+')) : null);
}

/** Asks and changes an open database; closes it at its own end. */
export function onSqlite(sqlite: SQLite.Database, log: Log | null = null): Kysely<Database> {
	sqlite.pragma('foreign_keys = ON');
	const statements = new Statements(sqlite);
	const dialect: Dialect = {
		createDriver: () => new ImmediateDriver({ sqlite, statements, log }),
		createQueryCompiler: () => new SqliteQueryCompiler(),
		createAdapter: () => new TurnsAdapter(),
		createIntrospector: (db) => new SqliteIntrospector(db)
	};
	return new Kysely<Database>({ dialect });
}
