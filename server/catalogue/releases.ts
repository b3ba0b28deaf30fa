import { sql, type Kysely } from 'kysely';
import type { Person } from '#contracts/account';
import { creditsIn } from '#contracts/credits';
import type { Release, ReleaseWithTracks } from '#contracts/release';
import { yearOf } from '../metadata.ts';
import { coverUrl } from './cover-url.ts';
import { nameKey, slugOf } from '../folding.ts';
import { newId, slugSuffix } from './ids.ts';
import type { Database } from './schema.ts';
import { Tracks } from './tracks.ts';
import { isListedFor, mayBeOpenedBy } from './visibility.ts';

const MAX_TRACKS = 2000;
/** Among so many tracks of an artist those on releases of others are looked for: some have a hundred thousand. */
const LATEST_TRACKS = 500;

/** What tells releases apart: one person has one release of an artist under a title, however it is spelt. */
export interface ReleaseName {
	ownerId: string;
	artistId: string;
	title: string;
}

export class Releases {
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

	async coverOf(id: string): Promise<{ hash: string; color: string } | null> {
		const row = await this.#db
			.selectFrom('release')
			.select(['cover_hash', 'cover_color'])
			.where('id', '=', id)
			.executeTakeFirst();
		if (!row || row.cover_hash === null || row.cover_color === null) return null;
		return { hash: row.cover_hash, color: row.cover_color };
	}

	async setCover(id: string, cover: { hash: string; color: string } | null): Promise<void> {
		await this.#db
			.updateTable('release')
			.set({ cover_hash: cover?.hash ?? null, cover_color: cover?.color ?? null })
			.where('id', '=', id)
			.execute();
	}

	/** The first cover stays: later tracks do not repaint a release. */
	async setCoverIfNone(id: string, cover: { hash: string; color: string }): Promise<void> {
		await this.#db
			.updateTable('release')
			.set({ cover_hash: cover.hash, cover_color: cover.color })
			.where('id', '=', id)
			.where('cover_hash', 'is', null)
			.execute();
	}

	/** What everybody sees, newest first. */
	async latest({ limit }: { limit: number }): Promise<Release[]> {
		return this.#list(null, (query) =>
			query.orderBy('release.created_at', 'desc').orderBy('release.id', 'desc').limit(limit)
		);
	}

	async byArtist(artistId: string, viewer: Person | null, limit: number): Promise<Release[]> {
		return this.#list(viewer, (query) =>
			query
				.where('release.artist_id', '=', artistId)
				.orderBy('release.year', 'desc')
				.orderBy('release.created_at', 'desc')
				.orderBy('release.id')
				.limit(limit)
		);
	}

	/** In the order asked; what is gone or hidden from the viewer is left out. */
	async inOrder(ids: readonly string[], viewer: Person | null): Promise<Release[]> {
		const found = await this.byIds(ids, viewer);
		return ids.flatMap((id) => found.get(id) ?? []);
	}

	/** Those of them that the viewer may see, by id. */
	async byIds(ids: readonly string[], viewer: Person | null): Promise<Map<string, Release>> {
		if (ids.length === 0) return new Map();
		const releases = await this.#list(viewer, (query) =>
			query
				.where(sql<boolean>`release.id in (select value from json_each(${JSON.stringify(ids)}))`)
				.orderBy('release.id')
				.limit(ids.length)
		);
		return new Map(releases.map((release) => [release.id, release]));
	}

	/** Those at these addresses that the viewer may see. */
	async bySlugs(slugs: readonly string[], viewer: Person | null): Promise<Release[]> {
		if (slugs.length === 0) return [];
		return this.#list(viewer, (query) =>
			query
				.where(
					sql<boolean>`release.slug in (select value from json_each(${JSON.stringify(slugs)}))`
				)
				.orderBy('release.id')
				.limit(slugs.length)
		);
	}

	/** With what is in lists; a release of which nothing is, with what opens for whoever has its address. */
	async bySlug(slug: string, viewer: Person | null): Promise<ReleaseWithTracks | null> {
		for (const shown of [isListedFor, mayBeOpenedBy]) {
			const row = await releaseRows(this.#db, viewer, shown)
				.select(['release.owner_id', 'release.downloads'])
				.where('release.slug', '=', slug)
				.executeTakeFirst();
			if (!row) continue;
			const of = new Tracks(this.#db);
			const tracks = await of.byRelease(row.id, viewer, { limit: MAX_TRACKS, shown });
			const credits = creditsIn(await of.creditsOn(row.id, viewer, { limit: MAX_TRACKS, shown }));
			const mayEdit = viewer !== null && (viewer.role === 'owner' || viewer.id === row.owner_id);
			return { ...toRelease(row), tracks, credits, downloads: row.downloads === 1, mayEdit };
		}
		return null;
	}

	/** Where the address of a release leads that became part of another; null when there was none. */
	async movedTo(slug: string): Promise<string | null> {
		const row = await this.#db
			.selectFrom('former_release')
			.innerJoin('release', 'release.id', 'former_release.release_id')
			.select('release.slug')
			.where('former_release.slug', '=', slug)
			.executeTakeFirst();
		return row?.slug ?? null;
	}

	/** Releases of others that this artist is on, among the latest tracks, newest first. */
	async withTracksOf(artistId: string, viewer: Person | null, limit: number): Promise<Release[]> {
		return this.#list(viewer, (query) =>
			query
				.where('release.artist_id', '!=', artistId)
				.where(({ eb }) =>
					eb(
						'release.id',
						'in',
						eb
							.selectFrom('track')
							.select('track.release_id')
							.where('track.artist_id', '=', artistId)
							.where('track.release_id', 'is not', null)
							.where(({ eb: own }) => isListedFor(viewer)(own))
							.orderBy('track.created_at', 'desc')
							.orderBy('track.id', 'desc')
							.limit(LATEST_TRACKS)
					)
				)
				.orderBy('release.created_at', 'desc')
				.orderBy('release.id', 'desc')
				.limit(limit)
		);
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

	/** What one person uploaded, drafts included, newest first. */
	async ownedBy(owner: Person, { limit }: { limit: number }): Promise<Release[]> {
		const releases = await this.#list(owner, (query) =>
			query
				.where('release.owner_id', '=', owner.id)
				.orderBy('release.created_at', 'desc')
				.orderBy('release.id', 'desc')
				.limit(limit)
		);
		const drafts = await this.#draftsOn(releases.map(({ id }) => id));
		return releases.map((release) => ({ ...release, draftCount: drafts.get(release.id) ?? 0 }));
	}

	async #draftsOn(ids: readonly string[]): Promise<Map<string, number>> {
		if (ids.length === 0) return new Map();
		const rows = await this.#db
			.selectFrom('track')
			.select(['release_id', ({ fn }) => fn.countAll<number>().as('n')])
			.where('release_id', 'in', ids)
			.where('visibility', '=', 'draft')
			.where('state', '!=', 'binned')
			.groupBy('release_id')
			.execute();
		return new Map(
			rows.flatMap(({ release_id, n }) => (release_id === null ? [] : [[release_id, n]]))
		);
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

	async #list(viewer: Person | null, narrow: (query: Rows) => Rows): Promise<Release[]> {
		const rows = await narrow(releaseRows(this.#db, viewer)).execute();
		return rows.map(toRelease);
	}
}

function toRelease(row: ReleaseRow): Release {
	return {
		id: row.id,
		slug: row.slug,
		title: row.title,
		artist: row.artist,
		artistSlug: row.artist_slug,
		year: row.year,
		genre: row.genre,
		...(row.genre !== null && { genreSlug: slugOf(row.genre) }),
		date: row.date,
		...(row.cover_hash !== null && { coverUrl: coverUrl(row.cover_hash) }),
		...(row.cover_color !== null && { coverColor: row.cover_color }),
		trackCount: row.track_count ?? 0,
		durationSeconds: Math.round((row.duration_ms ?? 0) / 1000)
	};
}

type Rows = ReturnType<typeof releaseRows>;
type ReleaseRow = Awaited<ReturnType<Rows['execute']>>[number];

/** Releases with at least one track that is shown to the viewer, counted over those alone. */
function releaseRows(db: Kysely<Database>, viewer: Person | null, shown = isListedFor) {
	return db
		.selectFrom('release')
		.innerJoin('artist', 'artist.id', 'release.artist_id')
		.select((select) => [
			'release.id',
			'release.slug',
			'release.title',
			'release.year',
			'release.genre',
			'release.date',
			'release.cover_hash',
			'release.cover_color',
			'artist.name as artist',
			'artist.slug as artist_slug',
			select
				.selectFrom('track')
				.select(sql<number>`count(*)`.as('n'))
				.whereRef('track.release_id', '=', 'release.id')
				.where(shown(viewer))
				.as('track_count'),
			select
				.selectFrom('track')
				.select(({ fn }) => fn.sum<number>('track.duration_ms').as('ms'))
				.whereRef('track.release_id', '=', 'release.id')
				.where(shown(viewer))
				.as('duration_ms')
		])
		.where((where) =>
			where.exists(
				where
					.selectFrom('track')
					.select('track.id')
					.whereRef('track.release_id', '=', 'release.id')
					.where(shown(viewer))
			)
		);
}
