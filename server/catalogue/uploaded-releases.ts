import type { Kysely } from 'kysely';
import { nameKey, slugOf } from '../folding.ts';
import { yearOf } from '../metadata.ts';
import { newId, slugSuffix } from './ids.ts';
import { coverColumns, coverIn, type KeptCover } from './kept-cover.ts';
import type { Database } from './schema.ts';

/** What tells releases apart: one person has one release of an artist under a title, however it is spelt. */
export interface ReleaseName {
	ownerId: string;
	artistId: string;
	title: string;
}

/** Releases as uploads made them: they come and go with their tracks, and are said anew. */
export class UploadedReleases {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	async findOrAdd(release: ReleaseName, now: number): Promise<{ id: string }> {
		const known = await this.#named(release);
		if (known) return known;
		const base = slugOf(release.title);
		const taken = await this.#db
			.selectFrom('release')
			.select('slug')
			.where('slug', '=', base)
			.unionAll(this.#db.selectFrom('former_release').select('slug').where('slug', '=', base))
			.executeTakeFirst();
		const id = newId();
		await this.#db
			.insertInto('release')
			.values({
				id,
				slug: taken ? `${base}-${slugSuffix()}` : base,
				owner_id: release.ownerId,
				artist_id: release.artistId,
				title: release.title,
				title_key: nameKey(release.title),
				year: null,
				genre: null,
				date: null,
				cover_hash: null,
				cover_color: null,
				created_at: now
			})
			.execute();
		return { id };
	}

	/** Gives a release another name under its old address, unless another release has that name. */
	async rename(id: string, to: ReleaseName): Promise<void> {
		const known = await this.#named(to);
		if (known && known.id !== id) return;
		await this.#db
			.updateTable('release')
			.set({ artist_id: to.artistId, title: to.title, title_key: nameKey(to.title) })
			.where('id', '=', id)
			.execute();
	}

	async nameOf(id: string): Promise<ReleaseName | null> {
		const row = await this.#db
			.selectFrom('release')
			.select(['owner_id as ownerId', 'artist_id as artistId', 'title'])
			.where('id', '=', id)
			.executeTakeFirst();
		return row ?? null;
	}

	/** How many tracks are on it, drafts among them; not those in the bin. */
	async size(id: string): Promise<number> {
		const row = await this.#db
			.selectFrom('track')
			.select(({ fn }) => fn.countAll<number>().as('n'))
			.where('release_id', '=', id)
			.where('state', '!=', 'binned')
			.executeTakeFirstOrThrow();
		return row.n;
	}

	async ownerOf(id: string): Promise<string | null> {
		const row = await this.#db
			.selectFrom('release')
			.select('owner_id')
			.where('id', '=', id)
			.executeTakeFirst();
		return row?.owner_id ?? null;
	}

	async allowDownloads(id: string, isAllowed: boolean): Promise<void> {
		await this.#db
			.updateTable('release')
			.set({ downloads: isAllowed ? 1 : 0 })
			.where('id', '=', id)
			.execute();
	}

	/**
	 * After its tracks changed: it has the date and the genre that most of them have, and without a track it goes.
	 * @param successor the release that its tracks went to, where its address leads from then on
	 */
	async settle(id: string, successor?: string): Promise<void> {
		if (await this.#isBare(id)) {
			if (successor !== undefined) await this.#succeed(id, successor);
			await this.#db.deleteFrom('release').where('id', '=', id).execute();
			return;
		}
		const date = await this.#most(id, 'date');
		await this.#db
			.updateTable('release')
			.set({ date, year: yearOf(date), genre: await this.#most(id, 'genre') })
			.where('id', '=', id)
			.execute();
	}

	async coverOf(id: string): Promise<KeptCover | null> {
		const row = await this.#db
			.selectFrom('release')
			.select(['cover_hash', 'cover_color'])
			.where('id', '=', id)
			.executeTakeFirst();
		return row ? coverIn(row) : null;
	}

	async setCover(id: string, cover: KeptCover | null): Promise<void> {
		await this.#db.updateTable('release').set(coverColumns(cover)).where('id', '=', id).execute();
	}

	/** The first cover stays: later tracks do not repaint a release. */
	async setCoverIfNone(id: string, cover: KeptCover): Promise<void> {
		await this.#db
			.updateTable('release')
			.set(coverColumns(cover))
			.where('id', '=', id)
			.where('cover_hash', 'is', null)
			.execute();
	}

	/** What lies in the bin belongs to it still. */
	async #isBare(id: string): Promise<boolean> {
		const row = await this.#db
			.selectFrom('track')
			.select('id')
			.where('release_id', '=', id)
			.limit(1)
			.executeTakeFirst();
		return row === undefined;
	}

	async #succeed(id: string, successor: string): Promise<void> {
		await this.#db
			.updateTable('former_release')
			.set({ release_id: successor })
			.where('release_id', '=', id)
			.execute();
		await this.#db
			.insertInto('former_release')
			.columns(['slug', 'release_id'])
			.expression((from) =>
				from
					.selectFrom('release')
					.select(({ val }) => ['slug', val(successor).as('release_id')])
					.where('id', '=', id)
			)
			.execute();
	}

	async #named({ ownerId, artistId, title }: ReleaseName): Promise<{ id: string } | undefined> {
		return this.#db
			.selectFrom('release')
			.select('id')
			.where('owner_id', '=', ownerId)
			.where('artist_id', '=', artistId)
			.where('title_key', '=', nameKey(title))
			.executeTakeFirst();
	}

	/** What most of its tracks say; null when none says anything. */
	async #most(id: string, column: 'date' | 'genre'): Promise<string | null> {
		const row = await this.#db
			.selectFrom('track')
			.select(column)
			.where('release_id', '=', id)
			.where(column, 'is not', null)
			.groupBy(column)
			.orderBy(({ fn }) => fn.countAll(), 'desc')
			.orderBy(column)
			.limit(1)
			.executeTakeFirst();
		return row?.[column] ?? null;
	}
}
