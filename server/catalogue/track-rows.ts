import { sql, type Kysely } from 'kysely';
import type { Person } from '#contracts/account';
import type { Gapless, MusicBrainz, Rendition, Track } from '#contracts/track';
import { slugOf } from '../folding.ts';
import { RENDITIONS } from '../renditions.ts';
import { coverUrl } from './cover-url.ts';
import { Renditions, type StoredRendition } from './renditions.ts';
import type { Database } from './schema.ts';
import type { StageState, TrackState } from './schema/music.ts';
import { isListedFor } from './visibility.ts';

/** All that a track is shown from, but for its renditions. */
export interface TrackRow {
	id: string;
	slug: string;
	owner_id: string;
	title: string;
	disc_number: number | null;
	track_number: number | null;
	year: number | null;
	genre: string | null;
	date: string | null;
	upload_id: string;
	duration_ms: number;
	state: TrackState;
	visibility: Track['visibility'];
	original_format: string;
	original_sha256: string;
	original_bits: number | null;
	original_size: number;
	original_name: string;
	taken_down_reason: string | null;
	stream_path: string | null;
	stream_type: string | null;
	measure_state: StageState;
	loudness: number | null;
	true_peak: number | null;
	gapless: string | null;
	musicbrainz: string | null;
	created_at: number;
	/** These two are read for one track alone. */
	text?: string | null;
	credits?: string | null;
	cover_hash: string | null;
	cover_color: string | null;
	artist: string;
	artist_slug: string;
	release: string | null;
	release_slug: string | null;
	downloads: 0 | 1 | null;
}

/** @param seen which of them: what is in lists, or whatever opens by its address */
export function trackRows(db: Kysely<Database>, viewer: Person | null, seen = isListedFor) {
	return db
		.selectFrom('track')
		.innerJoin('artist', 'artist.id', 'track.artist_id')
		.leftJoin('release', 'release.id', 'track.release_id')
		.select([
			'track.id',
			'track.slug',
			'track.owner_id',
			'track.title',
			'track.disc_number',
			'track.track_number',
			'track.year',
			'track.genre',
			'track.date',
			'track.upload_id',
			'track.duration_ms',
			'track.state',
			'track.visibility',
			'track.original_format',
			'track.original_sha256',
			'track.original_bits',
			'track.original_size',
			'track.original_name',
			'track.taken_down_reason',
			'track.stream_path',
			'track.stream_type',
			'track.measure_state',
			'track.loudness',
			'track.true_peak',
			'track.gapless',
			'track.musicbrainz',
			'track.created_at',
			sql<string | null>`coalesce(track.cover_hash, release.cover_hash)`.as('cover_hash'),
			sql<string | null>`coalesce(track.cover_color, release.cover_color)`.as('cover_color'),
			'artist.name as artist',
			'artist.slug as artist_slug',
			'release.title as release',
			'release.slug as release_slug',
			'release.downloads'
		])
		.where(({ eb }) => seen(viewer)(eb));
}

export function newestOf(db: Kysely<Database>, artistId: string, viewer: Person | null) {
	return trackRows(db, viewer)
		.where('track.artist_id', '=', artistId)
		.orderBy('track.created_at', 'desc')
		.orderBy('track.id', 'desc');
}

/** Tracks as this viewer sees them, in the order of the rows. */
export async function toTracks(
	db: Kysely<Database>,
	rows: readonly TrackRow[],
	viewer: Person | null
): Promise<Track[]> {
	const renditions = await new Renditions(db).of(rows.map(({ id }) => id));
	return rows.map((row) => toTrack(row, renditions.get(row.id) ?? [], viewer));
}

/** For whoever may see it: others do not see what is held. */
const isPlayable = ({ state }: Pick<TrackRow, 'state'>): boolean => state !== 'processing';

/** More than this is too much for many a link, and no browser plays more of it than the usual 48 kHz. */
const HEAVY_BITS_PER_SECOND = 1_500_000;

/** Every way to hear it, the original first. Their addresses name what they are, so that none changes while it plays. */
function renditionsOf(row: TrackRow, stored: readonly StoredRendition[], isOwn: boolean) {
	const base = `/media/tracks/${row.id}`;
	const plays = isPlayable(row) && row.stream_path?.startsWith('originals/');
	const original: Rendition[] = plays
		? [
				{
					kind: 'original',
					state: 'ready',
					type: row.stream_type ?? '',
					bitsPerSecond: row.original_bits ?? 0,
					url: `${base}/stream`
				}
			]
		: [];
	const made = stored
		.filter(({ state }) => isOwn || state === 'ready')
		.map(({ kind, state, bitsPerSecond }): Rendition => {
			const url = state === 'ready' ? `${base}/${kind}` : null;
			return { kind, state, type: RENDITIONS[kind].type, bitsPerSecond, url };
		});
	return [...original, ...made];
}

/** The original where it plays, or was encoded before it did; AAC in its place where it is heavy. */
function streamUrlOf(row: TrackRow, renditions: readonly Rendition[]): string | null {
	if (!isPlayable(row)) return null;
	const aac = renditions.find(({ kind }) => kind === 'aac')?.url;
	const isHeavy = (row.original_bits ?? 0) > HEAVY_BITS_PER_SECOND;
	return isHeavy && aac ? aac : `/media/tracks/${row.id}/stream`;
}

function toTrack(row: TrackRow, stored: readonly StoredRendition[], viewer: Person | null): Track {
	const isOwn = viewer !== null && (viewer.role === 'owner' || viewer.id === row.owner_id);
	const renditions = renditionsOf(row, stored, isOwn);
	return {
		id: row.id,
		slug: row.slug,
		title: row.title,
		artist: row.artist,
		artistSlug: row.artist_slug,
		release: row.release,
		releaseSlug: row.release_slug,
		discNumber: row.disc_number,
		trackNumber: row.track_number,
		year: row.year,
		genre: row.genre,
		...(row.genre !== null && { genreSlug: slugOf(row.genre) }),
		date: row.date,
		durationSeconds: row.duration_ms / 1000,
		state: isPlayable(row) ? 'ready' : 'processing',
		visibility: row.visibility,
		streamUrl: streamUrlOf(row, renditions),
		renditions,
		...(row.measure_state === 'ready' && {
			peaksUrl: `/media/tracks/${row.id}/peaks`,
			loudness: { integrated: row.loudness, truePeak: row.true_peak }
		}),
		...(row.gapless !== null && { gapless: JSON.parse(row.gapless) as Gapless }),
		...(row.musicbrainz !== null && { musicbrainz: JSON.parse(row.musicbrainz) as MusicBrainz }),
		...(isOwn && {
			measured: row.measure_state,
			originalSha256: row.original_sha256,
			originalSize: row.original_size,
			originalName: row.original_name,
			uploadId: row.upload_id,
			...(row.taken_down_reason !== null && { takenDown: row.taken_down_reason })
		}),
		...((isOwn || row.downloads === 1) && { originalUrl: `/media/tracks/${row.id}/original` }),
		...(row.text && { text: row.text }),
		...(row.credits && { credits: row.credits }),
		...(row.cover_hash !== null && { coverUrl: coverUrl(row.cover_hash) }),
		...(row.cover_color !== null && { coverColor: row.cover_color }),
		format: row.original_format,
		createdAt: new Date(row.created_at).toISOString()
	};
}
