import type { Generated } from 'kysely';
import type { Millis } from './columns.ts';

/** A release with a listed track, and all that it is sorted by. */
export interface ShelfTable {
	release_id: string;
	listed_at: Millis;
	title_key: string;
	artist_id: string;
	artist_key: string;
	/** 0 when nobody says it. */
	year: number;
	/** A slug; null until the release is indexed, or without one. */
	genre: string | null;
	track_count: number;
	duration_ms: number;
}

/** An artist of whom anything is listed. */
export interface RosterTable {
	artist_id: string;
	name_key: string;
	track_count: number;
	release_count: number;
}

export interface GenreTable {
	slug: string;
	/** As the first release spells it. */
	name: string;
	/** Of listed releases. */
	release_count: Generated<number>;
}

/** What the portal's owner picked for the first page. */
export interface FeaturedTable {
	release_id: string;
	/** From 0. */
	position: number;
}

/** What can be found, and which row of its kind's words is its own. */
export interface FindableTable {
	/** Grows: what came later is greater. */
	n: Generated<number>;
	kind: FindableKind;
	thing_id: string;
	/** The title or name, folded. */
	key: string;
}

export type FindableKind = 'track' | 'release' | 'artist' | 'draft';

/** A listed word under each form that it has with a letter left out, and its own. */
export interface SpellingTable {
	damaged: string;
	word: string;
}

/** What changed and is not found under its new words yet. */
export interface UnindexedTable {
	n: Generated<number>;
	kind: Exclude<FindableKind, 'draft'>;
	thing_id: string;
}

export interface BrowsingTables {
	shelf: ShelfTable;
	roster: RosterTable;
	genre: GenreTable;
	featured: FeaturedTable;
	findable: FindableTable;
	spelling: SpellingTable;
	unindexed: UnindexedTable;
}
