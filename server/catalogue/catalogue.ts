import { sql, type Kysely } from 'kysely';
import { AdoptedFiles } from './adopted-files.ts';
import { Artists } from './artists.ts';
import { Bin } from './bin.ts';
import { Browse } from './browse.ts';
import { Chapters } from './chapters.ts';
import { Covers } from './covers.ts';
import { openSqlite } from './database.ts';
import { DeadLetters } from './dead-letters.ts';
import { Events } from './events.ts';
import { Featured } from './featured.ts';
import { Feeds } from './feeds.ts';
import { FolderCovers } from './folder-covers.ts';
import { Follows } from './follows.ts';
import { Gatherings } from './gatherings.ts';
import { Holdings } from './holdings.ts';
import { ImportItems } from './import-items.ts';
import { ImportPlaylists } from './import-playlists.ts';
import { Imports } from './imports.ts';
import { Invites } from './invites.ts';
import { Jobs } from './jobs.ts';
import { Likes } from './likes.ts';
import { LooseFiles } from './loose-files.ts';
import { Measurements } from './measurements.ts';
import { migrate } from './migrate.ts';
import { Originals } from './originals.ts';
import { People } from './people.ts';
import { PlaylistItems } from './playlist-items.ts';
import { Playlists } from './playlists.ts';
import { Plays } from './plays.ts';
import { Quota } from './quota.ts';
import { Releases } from './releases.ts';
import { Renditions } from './renditions.ts';
import type { Database } from './schema.ts';
import { Reports } from './reports.ts';
import { Search } from './search.ts';
import { INDEX_STEP, SearchIndex } from './search-index.ts';
import { Statistics } from './statistics.ts';
import { Suggestions } from './suggestions.ts';
import { TakeDowns } from './take-downs.ts';
import { TrackFiles } from './track-files.ts';
import { TrackPages } from './track-pages.ts';
import { Tracks } from './tracks.ts';
import { UploadedReleases } from './uploaded-releases.ts';
import { UploadedTracks } from './uploaded-tracks.ts';
import { Uploads } from './uploads.ts';
import { WatchedImports } from './watched-imports.ts';

const nouns = (db: Kysely<Database>) => ({
	people: new People(db),
	invites: new Invites(db),
	artists: new Artists(db),
	releases: new Releases(db),
	uploadedReleases: new UploadedReleases(db),
	tracks: new Tracks(db),
	uploadedTracks: new UploadedTracks(db),
	gatherings: new Gatherings(db),
	originals: new Originals(db),
	measurements: new Measurements(db),
	trackFiles: new TrackFiles(db),
	feeds: new Feeds(db),
	chapters: new Chapters(db),
	renditions: new Renditions(db),
	holdings: new Holdings(db),
	uploads: new Uploads(db),
	bin: new Bin(db),
	featured: new Featured(db),
	quota: new Quota(db),
	reports: new Reports(db),
	takeDowns: new TakeDowns(db),
	statistics: new Statistics(db),
	looseFiles: new LooseFiles(db),
	covers: new Covers(db),
	folderCovers: new FolderCovers(db),
	jobs: new Jobs(db),
	deadLetters: new DeadLetters(db),
	events: new Events(db),
	plays: new Plays(db),
	likes: new Likes(db),
	playlists: new Playlists(db),
	playlistItems: new PlaylistItems(db),
	follows: new Follows(db),
	browse: new Browse(db),
	search: new Search(db),
	searchIndex: new SearchIndex(db),
	trackPages: new TrackPages(db),
	imports: new Imports(db),
	watchedImports: new WatchedImports(db),
	importItems: new ImportItems(db),
	importPlaylists: new ImportPlaylists(db),
	adoptedFiles: new AdoptedFiles(db),
	suggestions: new Suggestions(db)
});

/** How soon another process's changes are seen. One look costs microseconds and reads no table. */
const WATCH_MS = 1_000;

/** How soon what changed is found by its new words, when nobody searches meanwhile. */
const INDEX_MS = 250;
/** Between two steps of the index, for everybody else. */
const INDEX_PAUSE_MS = 15;

export type Nouns = ReturnType<typeof nouns>;
export type Catalogue = ReturnType<typeof catalogueOf>;

/** Opens the database and brings its schema up to date. Everything that is SQL is behind this. */
export async function openCatalogue({ file }: { file: string }) {
	const db = openSqlite(file);
	try {
		await migrate(db);
	} catch (error) {
		await db.destroy();
		throw error;
	}
	return catalogueOf(db);
}

/** What is known, on a database of the newest schema. */
export function catalogueOf(db: Kysely<Database>) {
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
		/** Indexes what waits for it, a step at a time. @returns what ends it */
		keepIndexed({ onerror }: { onerror: (error: unknown) => void }): () => void {
			let isEnded = false;
			let timer: ReturnType<typeof setTimeout>;
			const step = () =>
				db.transaction().execute((transaction) => new SearchIndex(transaction).absorb(INDEX_STEP));
			const look = async () => {
				const done = (await new SearchIndex(db).isBehind()) ? await step() : 0;
				plan(done === INDEX_STEP ? INDEX_PAUSE_MS : INDEX_MS);
			};
			const plan = (ms: number) => {
				if (isEnded) return;
				timer = setTimeout(() => {
					look().catch((error: unknown) => {
						if (!isEnded) onerror(error);
						plan(WATCH_MS);
					});
				}, ms);
				timer.unref();
			};
			plan(0);
			return () => {
				isEnded = true;
				clearTimeout(timer);
			};
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
