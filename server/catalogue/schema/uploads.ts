import type { Failure, UploadState } from '#contracts/upload';
import type { Flag, Millis } from './columns.ts';

export interface UploadTable {
	id: string;
	person_id: string;
	/** The client's own key; one upload for each (person, key). */
	key: string;
	name: string;
	path: string | null;
	size: number;
	type: string | null;
	/** When the file was last written to, as the client announced it; null when it did not. */
	last_modified: Millis | null;
	sha256: string | null;
	publish: Flag;
	/** Whether the person said so after registering: then no registration says otherwise. */
	publish_said: Flag;
	/** JSON of what its person says about it. */
	description: string | null;
	/** JSON of what its tags say about it; null until they are read. */
	tags: string | null;
	state: UploadState;
	code: Failure | null;
	track_id: string | null;
	/** The track whose original this is to become, whatever it sounds like. */
	replaces_id: string | null;
	/** Grows with every change of any upload: what `since` compares. */
	changed: number;
	created_at: Millis;
	active_at: Millis;
}

/** A picture that was uploaded beside music, waiting for releases of the same folder. */
export interface FolderCoverTable {
	person_id: string;
	folder: string;
	/** Of the file: which of two pictures of one folder is the cover depends on both. */
	name: string;
	size: number;
	cover_hash: string;
	cover_color: string;
}

export interface UploadTables {
	upload: UploadTable;
	folder_cover: FolderCoverTable;
}
