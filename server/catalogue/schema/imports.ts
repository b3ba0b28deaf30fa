import type { Generated } from 'kysely';
import type {
	ImportFailure,
	ImportItemState,
	ImportSource,
	ImportState,
	ItemFailure
} from '#contracts/import';
import type { Flag, Millis } from './columns.ts';

export interface ImportTable {
	id: string;
	person_id: string;
	source: ImportSource;
	/** A hash of what makes two orders the same place. */
	place: string;
	label: string;
	/** JSON of the order, without what is secret in it. */
	body: string;
	/** What is secret in it, encrypted; null once the import has ended. */
	secret: string | null;
	publish: Flag;
	state: ImportState;
	code: ImportFailure | null;
	/** Where the next page of the source begins. */
	cursor: string | null;
	is_listed: Flag;
	/** How many items there are, as the source says. */
	said_total: number | null;
	/** How many were listed. */
	listed: number;
	done: number;
	skipped: number;
	failed: number;
	bytes: number;
	created_at: Millis;
	/** Since when it stands in line. */
	queued_at: Millis;
	ended_at: Millis | null;
	/** Whether it looks again by itself when its place changes. */
	watch: Flag;
	/** What its place looked like when it was looked at last: another text when anything changed. */
	seen: string | null;
	/** Files that share their bytes with those of the place, and those that could not. */
	shared: number;
	copied: number;
	/** Of the shared ones by a second name: changed where they lie, or no longer there, as of the last look. */
	altered: number;
	gone: number;
	/** How many of the source's are here. */
	playlists: number;
}

/** One item of a place, as some import of it left it: known by the next. */
export interface ImportItemTable {
	id: Generated<number>;
	person_id: string;
	place: string;
	source_id: string;
	/** The import that fetches it, or did. */
	import_id: string;
	state: ImportItemState;
	code: ItemFailure | null;
	name: string;
	path: string | null;
	/** Bytes, as the source said. */
	size: number | null;
	changed: string | null;
	type: string | null;
	sha256: string | null;
	/** JSON of what the source says of it. */
	description: string | null;
	locator: string | null;
	/** Of the bytes that are here. */
	validator: string | null;
	/** Bytes, as the answer said that brought them. */
	whole_size: number | null;
	upload_id: string | null;
	/** Since bytes came last. */
	attempts: number;
	run_at: Millis;
	/** How the portal keeps what it was asked to leave where it lies. */
	kept: Kept | null;
	/** Which file it was, when it is kept by another name of that very file. */
	kept_version: string | null;
}

/** A playlist of a place, and the one here that it became. */
export interface ImportPlaylistTable {
	person_id: string;
	place: string;
	source_id: string;
	playlist_id: string;
	/** As they were brought last: the name, and JSON of track ids. */
	name: string;
	tracks: string;
}

/** A copy of its own, one that shares its bytes until either is written, or a second name of the same file. */
export type Kept = 'copied' | 'cloned' | 'linked';

export interface ImportTables {
	import: ImportTable;
	import_item: ImportItemTable;
	import_playlist: ImportPlaylistTable;
}
