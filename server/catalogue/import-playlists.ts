import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';

/** Of one statement. */
const CHUNK = 500;

/** A playlist of a source as it was brought last. */
export interface BroughtPlaylist {
	playlistId: string;
	name: string;
	/** Ids of tracks, in the order of the source. */
	tracks: string[];
}

/** Where the playlist of a source is. */
export interface PlaylistOrigin {
	personId: string;
	place: string;
	sourceId: string;
}

/** Which playlists here are those of a source. */
export class ImportPlaylists {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	async of({ personId, place, sourceId }: PlaylistOrigin): Promise<BroughtPlaylist | null> {
		const row = await this.#db
			.selectFrom('import_playlist')
			.select(['playlist_id', 'name', 'tracks'])
			.where('person_id', '=', personId)
			.where('place', '=', place)
			.where('source_id', '=', sourceId)
			.executeTakeFirst();
		if (!row) return null;
		const tracks = JSON.parse(row.tracks) as string[];
		return { playlistId: row.playlist_id, name: row.name, tracks };
	}

	async keep({ personId, place, sourceId }: PlaylistOrigin, as: BroughtPlaylist): Promise<void> {
		const columns = {
			...{ playlist_id: as.playlistId, name: as.name },
			tracks: JSON.stringify(as.tracks)
		};
		await this.#db
			.insertInto('import_playlist')
			.values({ person_id: personId, place, source_id: sourceId, ...columns })
			.onConflict((conflict) =>
				conflict.columns(['person_id', 'place', 'source_id']).doUpdateSet(columns)
			)
			.execute();
	}

	/** The tracks that items of a place became. */
	async tracksOf(
		{ personId, place }: Pick<PlaylistOrigin, 'personId' | 'place'>,
		sourceIds: readonly string[]
	): Promise<Map<string, string>> {
		const tracks = new Map<string, string>();
		for (let at = 0; at < sourceIds.length; at += CHUNK) {
			const rows = await this.#db
				.selectFrom('import_item')
				.innerJoin('upload', 'upload.id', 'import_item.upload_id')
				.select(['import_item.source_id', 'upload.track_id'])
				.where('import_item.person_id', '=', personId)
				.where('import_item.place', '=', place)
				.where('import_item.source_id', 'in', sourceIds.slice(at, at + CHUNK))
				.execute();
			for (const { source_id, track_id } of rows) {
				if (track_id !== null) tracks.set(source_id, track_id);
			}
		}
		return tracks;
	}
}
