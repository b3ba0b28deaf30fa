import type { Kysely } from 'kysely';
import type { Person } from '#contracts/account';
import type { RenditionKind } from '#contracts/track';
import { Renditions } from './renditions.ts';
import type { Database } from './schema.ts';
import { mayBeOpenedBy } from './visibility.ts';

/** A file below the storage folder, as it goes out. */
export interface MediaFile {
	path: string;
	type: string;
	name: string;
}

/** What goes out of a track, to those who may hear it. */
export class TrackFiles {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** Its original, if the viewer may hear the track: what is derived from it is named by that. */
	async derivedOf(
		id: string,
		viewer: Person | null
	): Promise<{ sha256: string; isMeasured: boolean; ready: RenditionKind[] } | null> {
		const row = await this.#db
			.selectFrom('track')
			.select(['original_sha256', 'measure_state'])
			.where('id', '=', id)
			.where(mayBeOpenedBy(viewer))
			.executeTakeFirst();
		if (!row) return null;
		const renditions = (await new Renditions(this.#db).of([id])).get(id) ?? [];
		return {
			sha256: row.original_sha256,
			isMeasured: row.measure_state === 'ready',
			ready: renditions.flatMap(({ kind, state }) => (state === 'ready' ? [kind] : []))
		};
	}

	/** What is streamed as it was made first, if the viewer may hear it: whoever has its address may, unless it is kept. */
	async streamOf(id: string, viewer: Person | null): Promise<MediaFile | null> {
		const row = await this.#db
			.selectFrom('track')
			.select(['stream_path', 'stream_type', 'original_name'])
			.where('id', '=', id)
			.where(mayBeOpenedBy(viewer))
			.executeTakeFirst();
		if (!row || row.stream_path === null || row.stream_type === null) return null;
		return { path: row.stream_path, type: row.stream_type, name: row.original_name };
	}

	/** What was uploaded, for the artist and the owner; for everybody where its release may be downloaded. */
	async originalOf(
		id: string,
		viewer: Person | null
	): Promise<{ sha256: string; name: string } | null> {
		const row = await this.#db
			.selectFrom('track')
			.leftJoin('release', 'release.id', 'track.release_id')
			.select(['original_sha256', 'original_name', 'track.owner_id', 'release.downloads'])
			.where('track.id', '=', id)
			.where(({ eb }) => mayBeOpenedBy(viewer)(eb))
			.executeTakeFirst();
		const isOwn = viewer?.role === 'owner' || row?.owner_id === viewer?.id;
		if (!row || !(isOwn || row.downloads === 1)) return null;
		return { sha256: row.original_sha256, name: row.original_name };
	}
}
