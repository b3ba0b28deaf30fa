import { sql, type Kysely } from 'kysely';
import { Artists } from './artists.ts';
import { Covers } from './covers.ts';
import { openSqlite } from './database.ts';
import { DeadLetters } from './dead-letters.ts';
import { Events } from './events.ts';
import { FolderCovers } from './folder-covers.ts';
import { Holdings } from './holdings.ts';
import { ImportItems } from './import-items.ts';
import { Imports } from './imports.ts';
import { Invites } from './invites.ts';
import { Jobs } from './jobs.ts';
import { migrate } from './migrate.ts';
import { People } from './people.ts';
import { Releases } from './releases.ts';
import { Renditions } from './renditions.ts';
import type { Database } from './schema.ts';
import { Tracks } from './tracks.ts';
import { Uploads } from './uploads.ts';

const nouns = (db: Kysely<Database>) => ({
	people: new People(db),
	invites: new Invites(db),
	artists: new Artists(db),
	releases: new Releases(db),
	tracks: new Tracks(db),
	renditions: new Renditions(db),
	holdings: new Holdings(db),
	uploads: new Uploads(db),
	covers: new Covers(db),
	folderCovers: new FolderCovers(db),
	jobs: new Jobs(db),
	deadLetters: new DeadLetters(db),
	events: new Events(db),
	imports: new Imports(db),
	importItems: new ImportItems(db)
});

/** How soon another process's changes are seen. One look costs microseconds and reads no table. */
const WATCH_MS = 1_000;

export type Nouns = ReturnType<typeof nouns>;
export type Catalogue = Awaited<ReturnType<typeof openCatalogue>>;

/** Opens the database and brings its schema up to date. Everything that is SQL is behind this. */
export async function openCatalogue({ file }: { file: string }) {
	const db = openSqlite(file);
	try {
		await migrate(db);
	} catch (error) {
		await db.destroy();
		throw error;
	}
	return {
		...nouns(db),
		/** All of it or nothing. Inside, ask the nouns that are handed in: the outer ones wait for this to end. */
		transaction: <T>(work: (catalogue: Nouns) => Promise<T>): Promise<T> =>
			db.transaction().execute((transaction) => work(nouns(transaction))),
		/** Calls back when another process changed the database, such as the command line. @returns what ends it */
		watch(onchange: () => void): () => void {
			let last: number | null = null;
			const look = async () => {
				const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(db);
				const version = rows[0]?.data_version ?? null;
				if (last !== null && version !== last) onchange();
				last = version;
			};
			// What cannot be read now is read at the next look, and whoever needs the database says so.
			const timer = setInterval(() => void look().catch(() => {}), WATCH_MS);
			void look().catch(() => {});
			timer.unref();
			return () => clearInterval(timer);
		},
		/** Throws when the database does not answer. */
		ping: async () => {
			await sql`select 1`.execute(db);
		},
		close: async () => {
			// A courtesy: on a full disk, or beside another process, the log stays and is read at the next start.
			await sql`pragma wal_checkpoint(truncate)`.execute(db).catch(() => {});
			await db.destroy();
		}
	};
}
