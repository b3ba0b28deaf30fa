import { sql, type Kysely } from 'kysely';
import type { MusicBrainz } from '#contracts/track';
import type { Quality } from '../quality.ts';
import type { Database } from './schema.ts';

/** What was uploaded. */
export interface Original {
	sha256: string;
	size: number;
	name: string;
	/** What people call it: FLAC, MP3. */
	format: string;
	isLossless: boolean;
	/** Of the sound alone. */
	bitsPerSecond: number;
	hertz: number;
	/** Bits a sample; 0 for formats that have none. */
	depth: number;
}

/** An original, and what a track has of it. */
export interface NewOriginal {
	durationMs: number;
	original: Original;
	stream: { path: string; type: string };
	musicbrainz: MusicBrainz | null;
	uploadId: string;
	now: number;
}

/** A track of a certain length, and what its original is worth. */
export interface SameLength extends Quality {
	id: string;
	uploadId: string;
	sha256: string;
}

/** What was uploaded: whose it is, where it is here already, and what takes its place. */
export class Originals {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** Whether a track of this person was uploaded under this name and in this size: likely the same file. */
	async hasNamesake(ownerId: string, file: { name: string; size: number }): Promise<boolean> {
		const row = await this.#db
			.selectFrom('track')
			.select('id')
			.where('owner_id', '=', ownerId)
			.where('original_size', '=', file.size)
			.where('original_name', '=', file.name)
			.limit(1)
			.executeTakeFirst();
		return row !== undefined;
	}

	/** The track that this file is the original of, or was before a better one came. */
	async trackOf(ownerId: string, sha256: string): Promise<{ id: string; uploadId: string } | null> {
		const row = await this.#db
			.selectFrom('track')
			.select(['id', 'upload_id'])
			.where('owner_id', '=', ownerId)
			.where((where) =>
				where.or([
					where('original_sha256', '=', sha256),
					where(
						'id',
						'in',
						where
							.selectFrom('earlier_original')
							.select('track_id')
							.where('earlier_original.sha256', '=', sha256)
					)
				])
			)
			.limit(1)
			.executeTakeFirst();
		return row ? { id: row.id, uploadId: row.upload_id } : null;
	}

	/** Of these hashes, those of this person's tracks. */
	async ownedAmong(personId: string, hashes: readonly string[]): Promise<Set<string>> {
		if (hashes.length === 0) return new Set();
		const rows = await this.#db
			.selectFrom('track')
			.select('original_sha256')
			.where('owner_id', '=', personId)
			.where('original_sha256', 'in', hashes)
			.execute();
		return new Set(rows.map((row) => row.original_sha256));
	}

	/** Whether any track has this original, so that what was made of it is still wanted. */
	async has(sha256: string): Promise<boolean> {
		const row = await this.#db
			.selectFrom('track')
			.select('id')
			.where('original_sha256', '=', sha256)
			.limit(1)
			.executeTakeFirst();
		return row !== undefined;
	}

	/** Tracks of one person by their length in milliseconds, that are called like this or were by their tags. */
	async asLong(
		ownerId: string,
		{ from, to, titles }: { from: number; to: number; titles: readonly string[] }
	): Promise<SameLength[]> {
		const named = sql.join(titles.map((title) => sql`${title}`));
		const rows = await this.#db
			.selectFrom('track')
			.innerJoin('upload', 'upload.id', 'track.upload_id')
			.select(['track.id', 'upload_id', 'original_sha256', 'original_format', 'original_bits'])
			.select(['original_hertz', 'original_depth', 'original_lossless'])
			.where('owner_id', '=', ownerId)
			.where('duration_ms', '>=', from)
			.where('duration_ms', '<=', to)
			.where('track.state', '!=', 'binned')
			.where(
				sql<boolean>`(track.title collate nocase in (${named}) or json_extract(upload.tags, '$.title') collate nocase in (${named}))`
			)
			.orderBy('duration_ms')
			.limit(20)
			.execute();
		return rows.map(toSameLength);
	}

	/** A track that may get another original; null for what is not there, or in the bin. */
	async replaceable(id: string): Promise<(SameLength & { ownerId: string }) | null> {
		const row = await this.#db
			.selectFrom('track')
			.select(['id', 'owner_id', 'upload_id', 'original_sha256', 'original_format'])
			.select(['original_bits', 'original_hertz', 'original_depth', 'original_lossless'])
			.where('id', '=', id)
			.where('state', '!=', 'binned')
			.executeTakeFirst();
		return row ? { ...toSameLength(row), ownerId: row.owner_id } : null;
	}

	/** Another original in place of the one it has, which is kept; nothing else about it changes. */
	async improve(id: string, better: NewOriginal): Promise<void> {
		await this.#db
			.insertInto('earlier_original')
			.columns(['track_id', 'sha256', 'size', 'name', 'format', 'replaced_at'])
			.expression((from) =>
				from
					.selectFrom('track')
					.select(['id', 'original_sha256', 'original_size', 'original_name', 'original_format'])
					.select(({ val }) => val(better.now).as('replaced_at'))
					.where('id', '=', id)
			)
			.onConflict((conflict) => conflict.doNothing())
			.execute();
		await this.#db
			.updateTable('track')
			.set({
				...fileColumns(better),
				...(better.musicbrainz && { musicbrainz: JSON.stringify(better.musicbrainz) }),
				upload_id: better.uploadId
			})
			.where('id', '=', id)
			.execute();
	}

	/** What a background stage works on; null when the track is gone. */
	async ofTrack(
		id: string
	): Promise<{ sha256: string; personId: string; uploadId: string } | null> {
		const row = await this.#db
			.selectFrom('track')
			.select(['original_sha256 as sha256', 'owner_id as personId', 'upload_id as uploadId'])
			.where('id', '=', id)
			.executeTakeFirst();
		return row ?? null;
	}
}

function toSameLength(row: {
	id: string;
	upload_id: string;
	original_sha256: string;
	original_format: string;
	original_bits: number | null;
	original_hertz: number | null;
	original_depth: number | null;
	original_lossless: 0 | 1 | null;
}): SameLength {
	return {
		id: row.id,
		uploadId: row.upload_id,
		sha256: row.original_sha256,
		format: row.original_format,
		isLossless: row.original_lossless === null ? null : row.original_lossless === 1,
		bitsPerSecond: row.original_bits,
		hertz: row.original_hertz,
		depth: row.original_depth
	};
}

/** What its file makes of it: nothing is measured yet. */
export function fileColumns(track: Pick<NewOriginal, 'original' | 'stream' | 'durationMs'>) {
	const { original, stream, durationMs } = track;
	return {
		duration_ms: durationMs,
		original_sha256: original.sha256,
		original_size: original.size,
		original_name: original.name,
		original_format: original.format,
		original_bits: original.bitsPerSecond,
		original_hertz: original.hertz,
		original_depth: original.depth,
		original_lossless: original.isLossless ? (1 as const) : (0 as const),
		stream_path: stream.path,
		stream_type: stream.type,
		measure_state: 'waiting' as const,
		loudness: null,
		true_peak: null,
		gapless: null
	};
}
