import { sql, type Kysely } from 'kysely';
import { MAX_CHAPTERS, type Chapter } from '#contracts/chapter';
import type { Track } from '#contracts/track';
import type { Database } from './schema.ts';

/** Places in tracks that have names. */
export class Chapters {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** In place of those it had. @param chapters each place once */
	async set(trackId: string, chapters: readonly Chapter[]): Promise<void> {
		await this.#db.deleteFrom('chapter').where('track_id', '=', trackId).execute();
		if (chapters.length === 0) return;
		await this.#db
			.insertInto('chapter')
			.values(
				chapters.map(({ startSeconds, title }) => ({
					...{ track_id: trackId, title },
					start_ms: Math.round(startSeconds * 1000)
				}))
			)
			.execute();
	}

	/** A track with its chapters, where it has any; those behind its end are none. */
	async beside<Shown extends Pick<Track, 'id' | 'durationSeconds'>>(
		track: Shown
	): Promise<Shown & { chapters?: Chapter[] }> {
		const rows = await this.#db
			.selectFrom('chapter')
			.select(['start_ms', 'title'])
			.where('track_id', '=', track.id)
			.where('start_ms', '<', Math.round(track.durationSeconds * 1000))
			.orderBy('start_ms')
			.limit(MAX_CHAPTERS)
			.execute();
		return rows.length === 0 ? track : { ...track, chapters: rows.map(toChapter) };
	}

	/** All of these tracks, by track. */
	async ofTracks(ids: readonly string[]): Promise<Map<string, Chapter[]>> {
		const rows = await this.#db
			.selectFrom('chapter')
			.select(['track_id', 'start_ms', 'title'])
			.where(sql<boolean>`track_id in (select value from json_each(${JSON.stringify(ids)}))`)
			.orderBy('track_id')
			.orderBy('start_ms')
			.execute();
		const byTrack = Map.groupBy(rows, ({ track_id }) => track_id);
		return new Map([...byTrack].map(([id, of]) => [id, of.map(toChapter)]));
	}
}

const toChapter = ({ start_ms, title }: { start_ms: number; title: string }): Chapter => ({
	...{ startSeconds: start_ms / 1000, title }
});
