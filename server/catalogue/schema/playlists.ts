import type { Generated } from 'kysely';
import type { PlaylistVisibility } from '#contracts/playlist';
import type { Millis } from './columns.ts';

export interface PlaylistTable {
	id: string;
	slug: string;
	person_id: string;
	name: string;
	text: Generated<string>;
	visibility: PlaylistVisibility;
	/** 1: whoever sees it and is signed in may change what is in it. */
	is_open: Generated<number>;
	/** Grows by one with every change. */
	version: number;
	/** The versions that changed these last. */
	name_version: number;
	text_version: number;
	visibility_version: number;
	is_open_version: Generated<number>;
	/** Items that were not removed, whether or not their tracks are still here. */
	item_count: Generated<number>;
	created_at: Millis;
	changed_at: Millis;
	/** Deleted, and restorable for a while. */
	deleted_at: Millis | null;
}

export interface PlaylistItemTable {
	id: string;
	playlist_id: string;
	/** Lower comes first; there are gaps for what is moved in between. */
	position: number;
	/** May name a track that is gone. */
	track_id: string;
	/** What it was called when it was added. */
	title: string;
	artist: string;
	added_at: Millis;
	/** The playlist's version that placed or removed it last. */
	version: number;
	/** Removed, and restorable for a while. */
	removed_at: Millis | null;
}

/** Who has it among their own, and may change it as long as it is open. */
export interface PlaylistMemberTable {
	playlist_id: string;
	person_id: string;
	joined_at: Millis;
}

export interface PlaylistTables {
	playlist: PlaylistTable;
	playlist_item: PlaylistItemTable;
	playlist_member: PlaylistMemberTable;
}
