import type { Kysely } from 'kysely';
import type { FeedItem } from '#contracts/feed';
import type { Track } from '#contracts/track';
import { RENDITIONS } from '../renditions.ts';
import type { Database } from './schema.ts';
import { newestOf, toTracks } from './track-rows.ts';

/** Formats that every program for feeds plays. */
const USUAL_TYPES = ['audio/mpeg', 'audio/mp4'];

/** What programs for feeds are told of. */
export class Feeds {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** What everybody may hear of an artist, newest first. */
	async ofArtist(artistId: string, limit: number): Promise<FeedItem[]> {
		const rows = await newestOf(this.#db, artistId, null).limit(limit).execute();
		const tracks = await toTracks(this.#db, rows, null);
		return tracks.map((track, at) => ({ track, enclosure: enclosureOf(track, rows[at]) }));
	}
}

/** What was uploaded where that is usual, else AAC. */
function enclosureOf(
	{ id, renditions = [], durationSeconds }: Track,
	row: { stream_path: string | null; stream_type: string | null; original_size: number } | undefined
): FeedItem['enclosure'] {
	const type = row?.stream_type ?? 'audio/mpeg';
	const bytesAt = (bitsPerSecond: number) => Math.round((bitsPerSecond * durationSeconds) / 8);
	const aac = renditions.find(({ kind, url }) => kind === 'aac' && url !== null);
	if (aac?.url && !USUAL_TYPES.includes(type)) {
		return { url: aac.url, bytes: bytesAt(aac.bitsPerSecond), type: 'audio/mp4' };
	}
	const isOriginal = row?.stream_path?.startsWith('originals/') ?? false;
	return {
		url: `/media/tracks/${id}/stream`,
		bytes: isOriginal ? (row?.original_size ?? 0) : bytesAt(RENDITIONS.aac.bitsPerSecond),
		type
	};
}
