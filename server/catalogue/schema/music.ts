import type { Generated } from 'kysely';
import type { MatchFailure, MatchState } from '#contracts/match';
import type { RenditionKind, Visibility } from '#contracts/track';
import type { Flag, Millis } from './columns.ts';

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

/** CRC-32 of originals, as archives have it: known once somebody read the file whole. */
export interface OriginalChecksumTable {
	sha256: string;
	crc32: number;
}

/** A picture that somebody posted, for descriptions to name. */
export interface CoverTable {
	hash: string;
	person_id: string;
	color: string;
	created_at: Millis;
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
	start_ms: Millis;
	title: string;
}

export interface MusicTables {
	artist: ArtistTable;
	artist_alias: ArtistAliasTable;
	release: ReleaseTable;
	former_release: FormerReleaseTable;
	track: TrackTable;
	rendition: RenditionTable;
	earlier_original: EarlierOriginalTable;
	original_checksum: OriginalChecksumTable;
	cover: CoverTable;
	chapter: ChapterTable;
	suggestion: SuggestionTable;
}
