import { sql, type Kysely } from 'kysely';
import { albumFolder } from '#contracts/compilation';
import { goesBefore } from '#contracts/file-kind';
import { folderOf } from '../metadata.ts';
import type { KeptCover } from './kept-cover.ts';
import type { Database } from './schema.ts';

/** More files than any release has. */
const MOST_OF_FOLDER = 5_000;

/** `CD 2` before `CD 10`. */
const byNumbers = new Intl.Collator('en', { numeric: true });

/** Pictures that were uploaded beside music. */
export class FolderCovers {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/**
	 * Keeps it unless another picture of the folder goes before it; the same file comes again when it changed.
	 * @returns what it took the place of; undefined when it is not kept
	 */
	async place(
		personId: string,
		folder: string,
		{ name, size, cover }: { name: string; size: number; cover: KeptCover }
	): Promise<string | null | undefined> {
		const before = await this.#db
			.selectFrom('folder_cover')
			.select(['name', 'size', 'cover_hash'])
			.where('person_id', '=', personId)
			.where('folder', '=', folder)
			.executeTakeFirst();
		const isFirst = before === undefined || before.name === '' || before.name === name;
		if (!isFirst && !goesBefore({ name, size }, before)) return undefined;
		const columns = { name, size, cover_hash: cover.hash, cover_color: cover.color };
		await this.#db
			.insertInto('folder_cover')
			.values({ person_id: personId, folder, ...columns })
			.onConflict((conflict) => conflict.columns(['person_id', 'folder']).doUpdateSet(columns))
			.execute();
		return before?.cover_hash ?? null;
	}

	async has(personId: string, hash: string): Promise<boolean> {
		const row = await this.#db
			.selectFrom('folder_cover')
			.select('folder')
			.where('person_id', '=', personId)
			.where('cover_hash', '=', hash)
			.limit(1)
			.executeTakeFirst();
		return row !== undefined;
	}

	/**
	 * The one that lies beside most tracks of a release: that of its folder, or of several discs the one above them. Of
	 * discs alone the first one's.
	 */
	async bestFor(ownerId: string, releaseId: string): Promise<KeptCover | null> {
		const rows = await this.#db
			.selectFrom('track')
			.innerJoin('upload', 'upload.id', 'track.upload_id')
			.select('upload.path')
			.where('track.release_id', '=', releaseId)
			.where('upload.person_id', '=', ownerId)
			.limit(MOST_OF_FOLDER)
			.execute();
		const tracks = new Map<string, number>();
		for (const { path } of rows) {
			for (const folder of new Set([folderOf(path) ?? '', albumFolder(path).folder])) {
				tracks.set(folder, (tracks.get(folder) ?? 0) + 1);
			}
		}
		const pictures = await this.#db
			.selectFrom('folder_cover')
			.select(['folder', 'cover_hash', 'cover_color'])
			.where('person_id', '=', ownerId)
			.where(
				'folder',
				'in',
				sql<string>`(select value from json_each(${JSON.stringify([...tracks.keys()])}))`
			)
			.execute();
		const beside = (folder: string) => tracks.get(folder) ?? 0;
		const [best] = pictures.sort(
			(a, b) =>
				beside(b.folder) - beside(a.folder) ||
				b.folder.split('/').length - a.folder.split('/').length ||
				byNumbers.compare(a.folder, b.folder)
		);
		return best ? { hash: best.cover_hash, color: best.cover_color } : null;
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
