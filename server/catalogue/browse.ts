import { expressionBuilder, sql, type Kysely, type RawBuilder } from 'kysely';
import type {
	ArtistPage,
	ArtistSort,
	Genre,
	GenrePage,
	ReleasePage,
	ReleaseSort
} from '#contracts/browse';
import type { Release } from '#contracts/release';
import type { Track } from '#contracts/track';
import { slugOf } from '../folding.ts';
import { coverUrl } from './cover-url.ts';
import { beyond, ordered, pageOf, type Order } from './keyset.ts';
import type { Database } from './schema.ts';
import { Tracks } from './tracks.ts';
import { isListedFor } from './visibility.ts';

/** More than records were made in. */
const MOST_YEARS = 200;

/** Each is an index: of all releases, of a genre's and of a year's. */
const RELEASE_ORDERS: Record<ReleaseSort, Order> = {
	new: { columns: { listed_at: 'number', release_id: 'string' }, isDescending: true },
	title: { columns: { title_key: 'string', release_id: 'string' }, isDescending: false },
	artist: {
		columns: { artist_key: 'string', title_key: 'string', release_id: 'string' },
		isDescending: false
	},
	year: {
		columns: { year: 'number', listed_at: 'number', release_id: 'string' },
		isDescending: true
	}
};

const ARTIST_ORDERS: Record<ArtistSort, Order> = {
	name: { columns: { name_key: 'string', artist_id: 'string' }, isDescending: false },
	releases: {
		columns: { release_count: 'number', name_key: 'string', artist_id: 'string' },
		isDescending: true
	}
};

const GENRE_ORDER: Order = {
	columns: { release_count: 'number', slug: 'string' },
	isDescending: true
};

interface Ask {
	limit: number;
	/** What the last page gave as `next`; one that was not made here begins at the beginning. */
	cursor: string | null;
}

const seenByAll = isListedFor(null)(expressionBuilder<Database, 'track'>());

interface ShelfRow {
	release_id: string;
	listed_at: number;
	title_key: string;
	artist_key: string;
	year: number;
	slug: string;
	title: string;
	genre: string | null;
	date: string | null;
	cover_hash: string | null;
	cover_color: string | null;
	artist: string;
	artist_slug: string;
	track_count: number;
	duration_ms: number;
}

/** The shelves as everybody sees them, page by page: the ten-thousandth costs what the first does. */
export class Browse {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** All, or those of one genre or one year. @param ask.genre a slug */
	async releases(
		ask: Ask & { sort: ReleaseSort; genre?: string | null; year?: number | null }
	): Promise<ReleasePage> {
		const order = RELEASE_ORDERS[ask.sort];
		const wanted = [beyond(order, ask.cursor)];
		if (ask.genre != null) wanted.push(sql`genre = ${ask.genre}`);
		if (ask.year != null) wanted.push(sql`year = ${ask.year}`);
		const { items, next } = pageOf(await this.#shelf(wanted, order, ask.limit + 1), order, ask);
		return { releases: items.map(toRelease), next };
	}

	/** Tracks that are on no release, the newest first. */
	async singles({ limit }: { limit: number }): Promise<Track[]> {
		const { rows } = await sql<{ id: string }>`
			select id from track indexed by track_single where listed = 1 and release_id is null
			order by listed_at desc, id desc limit ${limit}
		`.execute(this.#db);
		return new Tracks(this.#db).inOrder(
			rows.map(({ id }) => id),
			null
		);
	}

	/** Artists of whom anything is listed. */
	async artists(ask: Ask & { sort: ArtistSort }): Promise<ArtistPage> {
		const order = ARTIST_ORDERS[ask.sort];
		const { rows } = await sql<ArtistRow>`
			select place.*, artist.slug, artist.name,
				(select release.cover_hash from shelf join release on release.id = shelf.release_id
					where shelf.artist_id = place.artist_id limit 1) as cover_hash
			from (
				select artist_id, name_key, release_count, track_count from roster
				where ${beyond(order, ask.cursor)} order by ${ordered(order)} limit ${ask.limit + 1}
			) as place
			join artist on artist.id = place.artist_id
			order by ${ordered(order, 'place')}
		`.execute(this.#db);
		const { items, next } = pageOf(rows, order, ask);
		const artists = items.map((row) => ({
			id: row.artist_id,
			slug: row.slug,
			name: row.name,
			releaseCount: row.release_count,
			trackCount: row.track_count,
			...(row.cover_hash !== null && { coverUrl: coverUrl(row.cover_hash) })
		}));
		return { artists, next };
	}

	/** Those with the most releases first. */
	async genres(ask: Ask): Promise<GenrePage> {
		const { rows } = await sql<{ slug: string; name: string; release_count: number }>`
			select slug, name, release_count from genre
			where ${beyond(GENRE_ORDER, ask.cursor)} order by ${ordered(GENRE_ORDER)} limit ${ask.limit + 1}
		`.execute(this.#db);
		const { items, next } = pageOf(rows, GENRE_ORDER, ask);
		const genres = items.map(({ slug, name, release_count: releaseCount }) => ({
			...{ slug, name, releaseCount }
		}));
		return { genres, next };
	}

	/** @param name however it is spelt: its slug is the same */
	async genre(name: string): Promise<Genre | null> {
		const row = await this.#db
			.selectFrom('genre')
			.select(['slug', 'name', 'release_count as releaseCount'])
			.where('slug', '=', slugOf(name))
			.executeTakeFirst();
		return row ?? null;
	}

	/** Those that releases are of, the latest first: one step into the index for each. */
	async years(): Promise<number[]> {
		const { rows } = await sql<{ year: number }>`
			with recursive seen (year) as (
				select max(year) from shelf
				union all
				select (select max(shelf.year) from shelf where shelf.year < seen.year) from seen
				where seen.year > 0
			)
			select year from seen where year > 0 order by year desc limit ${sql.lit(MOST_YEARS)}
		`.execute(this.#db);
		return rows.map(({ year }) => year);
	}

	/** Counted on the shelf; that it has a track to show is asked of the track itself, in case the shelf is mistaken. */
	async #shelf(
		wanted: readonly RawBuilder<unknown>[],
		order: Order,
		limit: number
	): Promise<ShelfRow[]> {
		const { rows } = await sql<ShelfRow>`
			select place.*, release.slug, release.title, release.genre, release.date, release.cover_hash,
				release.cover_color, artist.name as artist, artist.slug as artist_slug
			from (
				select release_id, listed_at, title_key, artist_key, year, track_count, duration_ms
				from shelf where ${sql.join(wanted, sql` and `)}
				order by ${ordered(order)} limit ${limit}
			) as place
			join release on release.id = place.release_id
			join artist on artist.id = release.artist_id
			where exists (select 1 from track where track.release_id = place.release_id and ${seenByAll})
			order by ${ordered(order, 'place')}
		`.execute(this.#db);
		return rows;
	}
}

interface ArtistRow {
	artist_id: string;
	name_key: string;
	release_count: number;
	track_count: number;
	slug: string;
	name: string;
	cover_hash: string | null;
}

function toRelease(row: ShelfRow): Release {
	return {
		id: row.release_id,
		slug: row.slug,
		title: row.title,
		artist: row.artist,
		artistSlug: row.artist_slug,
		year: row.year || null,
		genre: row.genre,
		date: row.date,
		...(row.cover_hash !== null && { coverUrl: coverUrl(row.cover_hash) }),
		...(row.cover_color !== null && { coverColor: row.cover_color }),
		trackCount: row.track_count,
		durationSeconds: Math.round(row.duration_ms / 1000)
	};
}
