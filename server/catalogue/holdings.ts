import type { Kysely } from 'kysely';
import type { Description } from '#contracts/upload';
import type { Gapless, MusicBrainz, Track } from '#contracts/track';
import type { Metadata } from '../metadata.ts';
import type { Database } from './schema.ts';

/** A file that was a track's original until a better one came. */
export interface EarlierOriginal {
	sha256: string;
	size: number;
	name: string;
	format: string;
	replacedAt: number;
}

/** All that is known of a track, for whoever takes it away. Times are milliseconds since 1970. */
export interface HeldTrack {
	id: string;
	title: string;
	artist: string;
	discNumber: number | null;
	trackNumber: number | null;
	genre: string | null;
	date: string | null;
	durationMs: number;
	visibility: Track['visibility'];
	createdAt: number;
	original: {
		sha256: string;
		size: number;
		name: string;
		format: string;
		lossless: boolean | null;
		bitsPerSecond: number | null;
		hertz: number | null;
		depth: number | null;
	};
	earlier: EarlierOriginal[];
	loudness: number | null;
	truePeak: number | null;
	gapless: Gapless | null;
	musicbrainz: MusicBrainz | null;
	/** Where it lay when it was uploaded. */
	path: string | null;
	/** As its file has them. */
	tags: Metadata | null;
	/** What its person said over them. */
	description: Description | null;
	coverHash: string | null;
	release: HeldRelease | null;
}

export interface HeldRelease {
	id: string;
	title: string;
	artist: string;
	genre: string | null;
	date: string | null;
	coverHash: string | null;
	createdAt: number;
}

/** Whose a release is, and under what name it goes out. */
export interface ReleaseToTake {
	id: string;
	ownerId: string;
	title: string;
	artist: string;
	/** Whether listeners may have what was uploaded. */
	downloads: boolean;
}

type Place = Pick<HeldTrack, 'createdAt' | 'id'>;

const parsed = <T>(json: string | null): T | null => (json === null ? null : JSON.parse(json));

/** What somebody has here, to be taken away as a whole. */
export class Holdings {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** How many originals are somebody's, and how many bytes they are together. */
	async totals(ownerId: string): Promise<{ tracks: number; bytes: number }> {
		const row = await this.#db
			.selectFrom('track')
			.select(({ fn }) => [
				fn.countAll<number>().as('tracks'),
				fn.sum<number | null>('original_size').as('bytes')
			])
			.where('owner_id', '=', ownerId)
			.where('state', '!=', 'binned')
			.executeTakeFirstOrThrow();
		return { tracks: row.tracks, bytes: row.bytes ?? 0 };
	}

	/** Everything of one person, oldest first, a page at a time. */
	async page(ownerId: string, after: Place | null, limit: number): Promise<HeldTrack[]> {
		let query = rowsOf(this.#db)
			.where('track.owner_id', '=', ownerId)
			.where('track.state', '!=', 'binned')
			.orderBy('track.created_at')
			.orderBy('track.id')
			.limit(limit);
		if (after) {
			query = query.where(({ eb, refTuple, tuple }) =>
				eb(refTuple('track.created_at', 'track.id'), '>', tuple(after.createdAt, after.id))
			);
		}
		return this.#held(await query.execute());
	}

	/** What is on a release, in its order. `isWhole` adds what only its artist sees. */
	async ofRelease(releaseId: string, isWhole: boolean, limit: number): Promise<HeldTrack[]> {
		const rows = await rowsOf(this.#db)
			.where('track.release_id', '=', releaseId)
			.where('track.state', '!=', 'binned')
			.$if(!isWhole, (query) =>
				query.where('track.visibility', '=', 'public').where('track.state', '=', 'ready')
			)
			.orderBy('track.disc_number')
			.orderBy('track.track_number')
			.orderBy('track.id')
			.limit(limit)
			.execute();
		return this.#held(rows);
	}

	async release(id: string): Promise<ReleaseToTake | null> {
		const row = await this.#db
			.selectFrom('release')
			.innerJoin('artist', 'artist.id', 'release.artist_id')
			.select(['release.id', 'release.owner_id as ownerId', 'release.title'])
			.select(['artist.name as artist', 'release.downloads'])
			.where('release.id', '=', id)
			.executeTakeFirst();
		return row ? { ...row, downloads: row.downloads === 1 } : null;
	}

	/** CRC-32 of an original, as ZIP has it; null until somebody read it whole. */
	async crc32Of(sha256: string): Promise<number | null> {
		const row = await this.#db
			.selectFrom('original_checksum')
			.select('crc32')
			.where('sha256', '=', sha256)
			.executeTakeFirst();
		return row?.crc32 ?? null;
	}

	async keepCrc32(sha256: string, crc32: number): Promise<void> {
		await this.#db
			.insertInto('original_checksum')
			.values({ sha256, crc32 })
			.onConflict((conflict) => conflict.doNothing())
			.execute();
	}

	async #held(rows: readonly Row[]): Promise<HeldTrack[]> {
		const earlier = await this.#earlier(rows.map(({ id }) => id));
		return rows.map((row) => ({
			id: row.id,
			title: row.title,
			artist: row.artist,
			discNumber: row.disc_number,
			trackNumber: row.track_number,
			genre: row.genre,
			date: row.date,
			durationMs: row.duration_ms,
			visibility: row.visibility,
			createdAt: row.created_at,
			original: {
				sha256: row.original_sha256,
				size: row.original_size,
				name: row.original_name,
				format: row.original_format,
				lossless: row.original_lossless === null ? null : row.original_lossless === 1,
				bitsPerSecond: row.original_bits,
				hertz: row.original_hertz,
				depth: row.original_depth
			},
			earlier: earlier.get(row.id) ?? [],
			loudness: row.loudness,
			truePeak: row.true_peak,
			gapless: parsed<Gapless>(row.gapless),
			musicbrainz: parsed<MusicBrainz>(row.musicbrainz),
			path: row.path,
			tags: parsed<Metadata>(row.tags),
			description: parsed<Description>(row.description),
			coverHash: row.cover_hash,
			release:
				row.release_id === null
					? null
					: {
							id: row.release_id,
							title: row.release_title ?? '',
							artist: row.release_artist ?? row.artist,
							genre: row.release_genre,
							date: row.release_date,
							coverHash: row.release_cover,
							createdAt: row.release_created ?? row.created_at
						}
		}));
	}

	async #earlier(trackIds: readonly string[]): Promise<Map<string, EarlierOriginal[]>> {
		const known = new Map<string, EarlierOriginal[]>();
		if (trackIds.length === 0) return known;
		const rows = await this.#db
			.selectFrom('earlier_original')
			.select(['track_id', 'sha256', 'size', 'name', 'format', 'replaced_at'])
			.where('track_id', 'in', trackIds)
			.orderBy('track_id')
			.orderBy('sha256')
			.execute();
		for (const { track_id, replaced_at, ...file } of rows) {
			const list = known.get(track_id) ?? [];
			list.push({ ...file, replacedAt: replaced_at });
			known.set(track_id, list);
		}
		return known;
	}
}

type Row = Awaited<ReturnType<ReturnType<typeof rowsOf>['execute']>>[number];

function rowsOf(db: Kysely<Database>) {
	return db
		.selectFrom('track')
		.innerJoin('artist', 'artist.id', 'track.artist_id')
		.leftJoin('upload', 'upload.id', 'track.upload_id')
		.leftJoin('release', 'release.id', 'track.release_id')
		.leftJoin('artist as release_artist', 'release_artist.id', 'release.artist_id')
		.select(['track.id', 'track.title', 'track.disc_number', 'track.track_number'])
		.select(['track.genre', 'track.date', 'track.duration_ms', 'track.visibility'])
		.select(['track.created_at', 'track.cover_hash', 'artist.name as artist'])
		.select(['original_sha256', 'original_size', 'original_name', 'original_format'])
		.select(['original_lossless', 'original_bits', 'original_hertz', 'original_depth'])
		.select(['track.loudness', 'track.true_peak', 'track.gapless', 'track.musicbrainz'])
		.select(['upload.path', 'upload.tags', 'upload.description'])
		.select(['release.id as release_id', 'release.title as release_title'])
		.select(['release.genre as release_genre', 'release.date as release_date'])
		.select(['release.cover_hash as release_cover', 'release.created_at as release_created'])
		.select('release_artist.name as release_artist');
}
