import type { Generated } from 'kysely';
import type { Role } from '#contracts/account';
import type {
	ImportFailure,
	ImportItemState,
	ImportSource,
	ImportState,
	ItemFailure
} from '#contracts/import';
import type { RenditionKind } from '#contracts/track';
import type { Failure, UploadState } from '#contracts/upload';

/** Times are milliseconds since 1970; booleans are 0 and 1, because SQLite has neither. */
type Millis = number;
type Flag = 0 | 1;

export interface PersonTable {
	id: string;
	email: string;
	name: string;
	role: Role;
	password_hash: string;
	created_at: Millis;
}

/** What stands for a person: a browser's session, an API token, or the right to send uploads. */
export type CredentialKind = 'session' | 'api' | 'upload';

export interface CredentialTable {
	token_hash: string;
	person_id: string;
	kind: CredentialKind;
	created_at: Millis;
	expires_at: Millis | null;
}

export interface InviteTable {
	token_hash: string;
	role: Role;
	/** Null for the first owner's link. */
	created_by: string | null;
	created_at: Millis;
	expires_at: Millis;
	used_at: Millis | null;
}

export interface ArtistTable {
	id: string;
	slug: string;
	name: string;
	/** The name folded, so that two spellings of one name meet. */
	name_key: string;
	created_at: Millis;
}

export interface ReleaseTable {
	id: string;
	slug: string;
	owner_id: string;
	artist_id: string;
	title: string;
	title_key: string;
	/** The year of `date`. */
	year: number | null;
	genre: string | null;
	/** ISO 8601: a year, a month or a day. */
	date: string | null;
	cover_hash: string | null;
	cover_color: string | null;
	created_at: Millis;
}

export interface TrackTable {
	id: string;
	slug: string;
	owner_id: string;
	artist_id: string;
	release_id: string | null;
	title: string;
	disc_number: number | null;
	track_number: number | null;
	/** The year of `date`. */
	year: number | null;
	genre: string | null;
	/** ISO 8601: a year, a month or a day. */
	date: string | null;
	duration_ms: number;
	state: 'processing' | 'ready';
	visibility: 'draft' | 'public';
	original_sha256: string;
	original_size: number;
	original_name: string;
	/** What people call the format: FLAC, MP3. */
	original_format: string;
	/** Bits a second; null for what was uploaded before this was kept, as are the next three. */
	original_bits: number | null;
	original_hertz: number | null;
	/** Bits a sample; 0 for formats that have none. */
	original_depth: number | null;
	original_lossless: Flag | null;
	/** Path below the storage folder of what is streamed; null until it plays. */
	stream_path: string | null;
	stream_type: string | null;
	cover_hash: string | null;
	cover_color: string | null;
	/** Whether its peaks are drawn, and how loud it is. */
	measure_state: StageState;
	/** LUFS, integrated, by EBU R128; null for silence. */
	loudness: number | null;
	/** dBTP. */
	true_peak: number | null;
	/** JSON of what its encoder added at both ends; null when its format does not say. */
	gapless: string | null;
	/** JSON of its MusicBrainz ids; null without any. */
	musicbrainz: string | null;
	upload_id: string;
	/** What it has in common with the tracks whose release it shares, when nobody names that release's artist. */
	gathering: string | null;
	/** Then the artist who leads on it; null when nobody names one. */
	lead_id: string | null;
	created_at: Millis;
}

/** Work that goes on after a track plays. */
export type StageState = 'waiting' | 'ready' | 'failed';

export interface RenditionTable {
	track_id: string;
	kind: RenditionKind;
	state: StageState;
	bits_per_second: number;
}

/** What a track's original was before a better one came: kept, and counted. */
export interface EarlierOriginalTable {
	track_id: string;
	sha256: string;
	size: number;
	name: string;
	format: string;
	replaced_at: Millis;
}

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
	/** Grows with every change of any upload: what `since` compares. */
	changed: number;
	created_at: Millis;
	active_at: Millis;
}

export interface JobTable {
	id: Generated<number>;
	kind: string;
	/** One job for each key, however often it is added. */
	key: string;
	payload: string;
	/** Whose work it is; null for the portal's own. */
	owner_id: string | null;
	/** Lower goes first. */
	priority: number;
	/** Within a priority, lower goes first: the n-th jobs of all owners come before anybody's next. */
	turn: number;
	/** `dropped` is dead, and forgotten soon. */
	state: 'waiting' | 'running' | 'dead' | 'dropped';
	/** Since it was added, or brought back from the dead. */
	attempts: number;
	run_at: Millis;
	lease_until: Millis | null;
	added_at: Millis;
	/** Why it failed last: a code of contracts/job. */
	cause: string | null;
	last_error: string | null;
	first_failed_at: Millis | null;
	last_failed_at: Millis | null;
	dropped_at: Millis | null;
}

export interface EventTable {
	seq: Generated<number>;
	/** Who hears it; null for everybody who is signed in. */
	person_id: string | null;
	body: string;
	at: Millis;
}

/** A picture that was uploaded beside music, waiting for releases of the same folder. */
export interface FolderCoverTable {
	person_id: string;
	folder: string;
	cover_hash: string;
	cover_color: string;
}

/** A picture that somebody posted, for descriptions to name. */
export interface CoverTable {
	hash: string;
	person_id: string;
	color: string;
	created_at: Millis;
}

/** CRC-32 of originals, as archives have it: known once somebody read the file whole. */
export interface OriginalChecksumTable {
	sha256: string;
	crc32: number;
}

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
}

export interface Database {
	person: PersonTable;
	credential: CredentialTable;
	invite: InviteTable;
	artist: ArtistTable;
	release: ReleaseTable;
	track: TrackTable;
	rendition: RenditionTable;
	earlier_original: EarlierOriginalTable;
	upload: UploadTable;
	job: JobTable;
	event: EventTable;
	folder_cover: FolderCoverTable;
	cover: CoverTable;
	original_checksum: OriginalChecksumTable;
	import: ImportTable;
	import_item: ImportItemTable;
}
