import type { Kysely } from 'kysely';
import { albumFolder } from '#contracts/compilation';
import { folderOf } from '../metadata.ts';
import type { KeptCover } from './kept-cover.ts';
import type { Database } from './schema.ts';

/** More files than any release has. */
const MOST_OF_FOLDER = 5_000;

/** Pictures that were uploaded beside music. */
export class FolderCovers {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	async set(personId: string, folder: string, cover: KeptCover): Promise<void> {
		await this.#db
			.insertInto('folder_cover')
			.values({
				person_id: personId,
				folder,
				cover_hash: cover.hash,
				cover_color: cover.color
			})
			.onConflict((conflict) =>
				conflict
					.columns(['person_id', 'folder'])
					.doUpdateSet({ cover_hash: cover.hash, cover_color: cover.color })
			)
			.execute();
	}

	async of(personId: string, folder: string): Promise<KeptCover | null> {
		const row = await this.#db
			.selectFrom('folder_cover')
			.select(['cover_hash', 'cover_color'])
			.where('person_id', '=', personId)
			.where('folder', '=', folder)
			.executeTakeFirst();
		return row ? { hash: row.cover_hash, color: row.cover_color } : null;
	}

	/** Releases that the uploads of one folder went into; its discs are folders of their own, and part of it. */
	async releasesOf(ownerId: string, folder: string): Promise<string[]> {
		const rows = await this.#db
			.selectFrom('track')
			.innerJoin('upload', 'upload.id', 'track.upload_id')
			.select(['track.release_id', 'upload.path'])
			.where('upload.person_id', '=', ownerId)
			.where('track.release_id', 'is not', null)
			.where('upload.path', '>=', `${folder}/`)
			.where('upload.path', '<', `${folder}0`) // "0" follows "/" in ASCII: an indexable prefix
			.orderBy('upload.path')
			.limit(MOST_OF_FOLDER)
			.execute();
		const releases = new Set<string>();
		for (const { release_id, path } of rows) {
			const isOfFolder = folderOf(path) === folder || albumFolder(path).folder === folder;
			if (release_id !== null && isOfFolder) releases.add(release_id);
		}
		return [...releases];
	}
}
