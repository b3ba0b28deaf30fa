import { sql, type Kysely } from 'kysely';
import type { Person } from '#contracts/account';
import { creditsIn } from '#contracts/credits';
import type { Release, ReleaseWithTracks } from '#contracts/release';
import { coverUrl } from './cover-url.ts';
import { slugOf } from '../folding.ts';
import type { Database } from './schema.ts';
import { Tracks } from './tracks.ts';
import { isListedFor, mayBeOpenedBy } from './visibility.ts';

const MAX_TRACKS = 2000;
/** Among so many tracks of an artist those on releases of others are looked for: some have a hundred thousand. */
const LATEST_TRACKS = 500;

/** Releases as they are shown, and where their addresses lead. */
export class Releases {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
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
