import { sql, type Kysely } from 'kysely';
import type { Person } from '#contracts/account';
import type { Release, ReleaseWithTracks } from '#contracts/release';
import { coverUrl } from './cover-url.ts';
import { nameKey, slugOf } from './folding.ts';
import { newId, slugSuffix } from './ids.ts';
import type { Database } from './schema.ts';
import { Tracks } from './tracks.ts';
import { mayBeSeenBy } from './visibility.ts';

const MAX_TRACKS = 2000;

export class Releases {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	async findOrAdd(release: {
		ownerId: string;
		artistId: string;
		title: string;
		year: number | null;
		now: number;
	}): Promise<{ id: string }> {
		const key = nameKey(release.title);
		const known = await this.#db
			.selectFrom('release')
			.select('id')
			.where('owner_id', '=', release.ownerId)
			.where('artist_id', '=', release.artistId)
			.where('title_key', '=', key)
			.executeTakeFirst();
		if (known) return known;
		const base = slugOf(release.title);
		const taken = await this.#db
			.selectFrom('release')
			.select('id')
			.where('slug', '=', base)
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
				title_key: key,
				year: release.year,
				cover_hash: null,
				cover_color: null,
				created_at: release.now
			})
			.execute();
		return { id };
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

	async bySlug(slug: string, viewer: Person | null): Promise<ReleaseWithTracks | null> {
		const [release] = await this.#list(viewer, (query) =>
			query.where('release.slug', '=', slug).orderBy('release.id').limit(1)
		);
		if (!release) return null;
		const tracks = await new Tracks(this.#db).byRelease(release.id, viewer, MAX_TRACKS);
		return { ...release, tracks };
	}

	async #list(viewer: Person | null, narrow: (query: Rows) => Rows): Promise<Release[]> {
		const rows = await narrow(releaseRows(this.#db, viewer)).execute();
		return rows.map((row) => ({
			id: row.id,
			slug: row.slug,
			title: row.title,
			artist: row.artist,
			artistSlug: row.artist_slug,
			year: row.year,
			...(row.cover_hash !== null && { coverUrl: coverUrl(row.cover_hash) }),
			...(row.cover_color !== null && { coverColor: row.cover_color }),
			trackCount: row.track_count ?? 0,
			durationSeconds: Math.round((row.duration_ms ?? 0) / 1000)
		}));
	}
}

type Rows = ReturnType<typeof releaseRows>;

/** Releases with at least one track that the viewer may see, counted over those alone. */
function releaseRows(db: Kysely<Database>, viewer: Person | null) {
	return db
		.selectFrom('release')
		.innerJoin('artist', 'artist.id', 'release.artist_id')
		.select((select) => [
			'release.id',
			'release.slug',
			'release.title',
			'release.year',
			'release.cover_hash',
			'release.cover_color',
			'artist.name as artist',
			'artist.slug as artist_slug',
			select
				.selectFrom('track')
				.select(sql<number>`count(*)`.as('n'))
				.whereRef('track.release_id', '=', 'release.id')
				.where(mayBeSeenBy(viewer))
				.as('track_count'),
			select
				.selectFrom('track')
				.select(({ fn }) => fn.sum<number>('track.duration_ms').as('ms'))
				.whereRef('track.release_id', '=', 'release.id')
				.where(mayBeSeenBy(viewer))
				.as('duration_ms')
		])
		.where((where) =>
			where.exists(
				where
					.selectFrom('track')
					.select('track.id')
					.whereRef('track.release_id', '=', 'release.id')
					.where(mayBeSeenBy(viewer))
			)
		);
}
