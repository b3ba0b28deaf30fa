import { sql, type Kysely } from 'kysely';
import type { RenditionKind } from '#contracts/track';
import type { Database } from './schema.ts';
import type { RenditionTable } from './schema/music.ts';

export interface StoredRendition {
	kind: RenditionKind;
	state: RenditionTable['state'];
	bitsPerSecond: number;
}

/** The ways in which tracks are encoded so that they play everywhere, and how far that is. */
export class Renditions {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** What a track is to have, in place of what it had. */
	async plan(trackId: string, renditions: readonly StoredRendition[]): Promise<void> {
		await this.#db.deleteFrom('rendition').where('track_id', '=', trackId).execute();
		if (renditions.length === 0) return;
		await this.#db
			.insertInto('rendition')
			.values(
				renditions.map(({ kind, state, bitsPerSecond }) => ({
					track_id: trackId,
					kind,
					state,
					bits_per_second: bitsPerSecond
				}))
			)
			.execute();
	}

	/** How one of them ended, unless the track has another original by now. */
	async settle(
		{ trackId, kind, sha256 }: { trackId: string; kind: RenditionKind; sha256: string },
		state: 'ready' | 'failed'
	): Promise<void> {
		await this.#db
			.updateTable('rendition')
			.set({ state })
			.where('track_id', '=', trackId)
			.where('kind', '=', kind)
			.where((where) =>
				where.exists(
					where
						.selectFrom('track')
						.select('track.id')
						.whereRef('track.id', '=', 'rendition.track_id')
						.where('track.original_sha256', '=', sha256)
				)
			)
			.execute();
	}

	/** Those of several tracks, by the track's id. */
	async of(trackIds: readonly string[]): Promise<Map<string, StoredRendition[]>> {
		const byTrack = new Map<string, StoredRendition[]>();
		if (trackIds.length === 0) return byTrack;
		const rows = await this.#db
			.selectFrom('rendition')
			.selectAll()
			.where('track_id', 'in', trackIds)
			.orderBy('kind')
			.execute();
		for (const { track_id, kind, state, bits_per_second } of rows) {
			const list = byTrack.get(track_id) ?? [];
			list.push({ kind, state, bitsPerSecond: bits_per_second });
			byTrack.set(track_id, list);
		}
		return byTrack;
	}

	/** Those that wait though there is no job for them, a few at a time. */
	async withoutJob(
		limit: number
	): Promise<{ trackId: string; kind: RenditionKind; sha256: string }[]> {
		return this.#db
			.selectFrom('rendition')
			.innerJoin('track', 'track.id', 'rendition.track_id')
			.select(['track.id as trackId', 'rendition.kind', 'track.original_sha256 as sha256'])
			.where('rendition.state', '=', 'waiting')
			.where(
				sql<boolean>`not exists (select 1 from job where job.key = 'rendition:' || rendition.kind || ':' || track.id || ':' || track.original_sha256)`
			)
			.limit(limit)
			.execute();
	}
}
