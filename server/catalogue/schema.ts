import type { Generated } from 'kysely';
import type { Role } from '#contracts/account';
import type {
	ImportFailure,
	ImportItemState,
	ImportSource,
	ImportState,
	ItemFailure
} from '#contracts/import';
import type { MatchFailure, MatchState } from '#contracts/match';
import type { PlaySource } from '#contracts/play';
import type { PlaylistVisibility } from '#contracts/playlist';
import type { NewReport, Reason, ReportState } from '#contracts/report';
import type { RenditionKind, Visibility } from '#contracts/track';
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
	/** Whether what they play is remembered for them. */
	keeps_history: Generated<Flag>;
	/** What their music may take, in bytes; null for what the portal gives everybody. */
	quota_bytes: number | null;
	/** Since when they may not come in any more; then they may still be let back. */
	removed_at: Millis | null;
	/** When they looked last at what is new from the artists they follow; 0 for never. */
	news_seen_at: Generated<Millis>;
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
	/** What its page says of it. */
	text: string | null;
	/** JSON of its links elsewhere; null without any. */
	links: string | null;
	picture_hash: string | null;
	picture_color: string | null;
	created_at: Millis;
}

/** A folded name that is this artist's too: of before it was renamed, or since. */
export interface ArtistAliasTable {
	name_key: string;
	artist_id: string;
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
	/** Whether listeners may have what was uploaded. */
	downloads: Generated<Flag>;
	created_at: Millis;
	/** Of all its tracks together. */
	plays: Generated<number>;
	heat: Generated<number>;
}

/** The address of a release that became part of another one. */
export interface FormerReleaseTable {
	slug: string;
	release_id: string;
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
	/** `held` is taken down, `binned` lies in its artist's bin: then nobody else sees it, whatever its visibility says. */
	state: TrackState;
	visibility: Visibility;
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
	/** To be read beside it, in lines. */
	text: Generated<string | null>;
	/** Who did what on it: a line for each role. */
	credits: Generated<string | null>;
	/** JSON of its MusicBrainz ids; null without any. */
	musicbrainz: string | null;
	upload_id: string;
	/** What it has in common with the tracks whose release it shares, when nobody names that release's artist. */
	gathering: string | null;
	/** Then the artist who leads on it; null when nobody names one. */
	lead_id: string | null;
	created_at: Millis;
	/** How often it was played, as far as plays count. */
	plays: Generated<number>;
	/** How much it is played lately: see `heatAfter` in plays.ts; 0 for never. */
	heat: Generated<number>;
	/** The entry of the bin that it lies in. */
	bin_id: string | null;
	/** When the portal's owner took it down, and why. */
	taken_down_at: Millis | null;
	taken_down_reason: string | null;
	/** Whether everybody finds it; kept by triggers, as are shelf and roster. */
	listed: Generated<Flag>;
	/** When it was listed first. */
	listed_at: Generated<Millis | null>;
}

export type TrackState = 'processing' | 'ready' | 'held' | 'binned';

/** What a listener says is wrong. */
export interface ReportTable {
	id: string;
	kind: NewReport['kind'];
	target_id: string;
	/** As it was called then. */
	name: string;
	artist: string;
	reason: Reason;
	text: string | null;
	/** Null for somebody who was not signed in. */
	reporter_id: string | null;
	state: ReportState;
	created_at: Millis;
}

/** Bytes that were taken down: whoever sends them again finds them so. */
export interface BarredOriginalTable {
	sha256: string;
	reason: string;
}

/** Sums of plays that count; `day` is days since 1970, UTC. Written by a trigger of `play`. */
export interface PlayDayTable {
	owner_id: string;
	day: number;
	track_id: string;
	plays: number;
}

export interface PlaySourceTable {
	owner_id: string;
	day: number;
	source: PlaySource;
	plays: number;
}

export interface ListenerDayTable {
	owner_id: string;
	day: number;
	plays: number;
	listeners: number;
}

/** What was deleted together: a release, or some tracks. */
export interface BinEntryTable {
	id: string;
	owner_id: string;
	/** Null for tracks that were deleted by themselves. */
	release_id: string | null;
	name: string;
	artist: string;
	at: Millis;
}

/** Bytes that something erased had: they go when nothing else has them. */
export interface LooseFileTable {
	kind: 'original' | 'cover';
	/** sha-256 in hexadecimal. */
	hash: string;
}

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

/** What the portal's owner picked for the first page. */
export interface FeaturedTable {
	release_id: string;
	/** From 0. */
	position: number;
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
	/** The track whose original this is to become, whatever it sounds like. */
	replaces_id: string | null;
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

/** One listen that lasted. */
export interface PlayTable {
	id: Generated<number>;
	track_id: string;
	/** Whose track it is. */
	owner_id: string;
	/** Null for who is not signed in, keeps no history, or forgot it. */
	person_id: string | null;
	/** Salted hash of the person, or of address and agent: tells listeners of one day (UTC) apart, and says nothing more. */
	listener: string;
	/** How much of it was heard, as far as that is believed. */
	seconds: number;
	source: PlaySource;
	/** 0 for what artists play of their own: it is in their history and in no figure. */
	is_counted: Flag;
	at: Millis;
}

/** What listeners of a day are hashed with; gone with the day, so that nobody is found by a hash. */
export interface ListenerSaltTable {
	/** ISO 8601, UTC. */
	day: string;
	salt: string;
}

export interface LikedTable {
	person_id: string;
	track_id: string;
	at: Millis;
}

export interface PlaylistTable {
	id: string;
	slug: string;
	person_id: string;
	name: string;
	text: Generated<string>;
	visibility: PlaylistVisibility;
	/** Grows by one with every change. */
	version: number;
	/** The versions that changed these last. */
	name_version: number;
	text_version: number;
	visibility_version: number;
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

export interface FollowTable {
	person_id: string;
	artist_id: string;
	at: Millis;
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

/** What others say of a release, once its artist or the owner asked. */
export interface SuggestionTable {
	release_id: string;
	asked_by: string;
	asked_at: Millis;
	state: MatchState;
	code: MatchFailure | null;
	/** JSON of what was found. */
	found: string | null;
	cover_hash: string | null;
	cover_color: string | null;
}

/** A place in a track that has a name. */
export interface ChapterTable {
	track_id: string;
	start_ms: number;
	title: string;
}

export interface Database {
	chapter: ChapterTable;
	suggestion: SuggestionTable;
	person: PersonTable;
	credential: CredentialTable;
	invite: InviteTable;
	artist: ArtistTable;
	artist_alias: ArtistAliasTable;
	release: ReleaseTable;
	former_release: FormerReleaseTable;
	track: TrackTable;
	rendition: RenditionTable;
	earlier_original: EarlierOriginalTable;
	upload: UploadTable;
	job: JobTable;
	event: EventTable;
	folder_cover: FolderCoverTable;
	cover: CoverTable;
	play: PlayTable;
	listener_salt: ListenerSaltTable;
	bin_entry: BinEntryTable;
	loose_file: LooseFileTable;
	report: ReportTable;
	featured: FeaturedTable;
	barred_original: BarredOriginalTable;
	play_day: PlayDayTable;
	play_source: PlaySourceTable;
	listener_day: ListenerDayTable;
	liked: LikedTable;
	playlist: PlaylistTable;
	playlist_item: PlaylistItemTable;
	follow: FollowTable;
	shelf: ShelfTable;
	roster: RosterTable;
	genre: GenreTable;
	findable: FindableTable;
	spelling: SpellingTable;
	unindexed: UnindexedTable;
	original_checksum: OriginalChecksumTable;
	import: ImportTable;
	import_item: ImportItemTable;
	import_playlist: ImportPlaylistTable;
}
