import { sql, type Kysely } from 'kysely';
import type { Person } from '#contracts/account';
import type { Track, TrackPage } from '#contracts/track';
import type { Description } from '#contracts/upload';
import { cursorAfter, parseCursor } from './page-cursor.ts';
import type { Database } from './schema.ts';
import { newestOf, toTracks, trackRows, type TrackRow } from './track-rows.ts';
import { isListedFor, mayBeOpenedBy } from './visibility.ts';

/** Tracks as they are shown: one alone, those of a release or an artist, and one's own. */
export class Tracks {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** What everybody sees, newest first. */
	async latest({ limit }: { limit: number }): Promise<Track[]> {
		const rows = await trackRows(this.#db, null)
			.where('track.listed', '=', 1)
			.orderBy('track.created_at', 'desc')
			.orderBy('track.id', 'desc')
			.limit(limit)
			.execute();
		return toTracks(this.#db, rows, null);
	}

	/** In the order asked; what is gone or hidden from the viewer is left out. */
	async inOrder(ids: readonly string[], viewer: Person | null): Promise<Track[]> {
		const found = await this.byIds(ids, viewer);
		return ids.flatMap((id) => found.get(id) ?? []);
	}

	/** Those of them that the viewer may see, by id. */
	async byIds(ids: readonly string[], viewer: Person | null): Promise<Map<string, Track>> {
		if (ids.length === 0) return new Map();
		const rows = await trackRows(this.#db, viewer)
			.where(sql<boolean>`track.id in (select value from json_each(${JSON.stringify(ids)}))`)
			.orderBy('track.id')
			.limit(ids.length)
			.execute();
		return new Map((await toTracks(this.#db, rows, viewer)).map((track) => [track.id, track]));
	}

	async byId(id: string, viewer: Person | null): Promise<Track | null> {
		const row = await trackRows(this.#db, viewer, mayBeOpenedBy)
			.select(['track.text', 'track.credits'])
			.where('track.id', '=', id)
			.executeTakeFirst();
		return this.#track(row, viewer);
	}

	async bySlug(slug: string, viewer: Person | null): Promise<Track | null> {
		const row = await trackRows(this.#db, viewer, mayBeOpenedBy)
			.select(['track.text', 'track.credits'])
			.where('track.slug', '=', slug)
			.executeTakeFirst();
		return this.#track(row, viewer);
	}

	/** @param shown an unlisted release shows what opens by its address, any other what is in lists */
	async byRelease(
		releaseId: string,
		viewer: Person | null,
		{ limit, shown = isListedFor }: { limit: number; shown?: typeof isListedFor }
	): Promise<Track[]> {
		const rows = await trackRows(this.#db, viewer, shown)
			.where('track.release_id', '=', releaseId)
			.orderBy('track.disc_number')
			.orderBy(sql`track.track_number is null`)
			.orderBy('track.track_number')
			.orderBy('track.title')
			.orderBy('track.id')
			.limit(limit)
			.execute();
		return toTracks(this.#db, rows, viewer);
	}

	/** What is said of who did what on the tracks of a release, in their order, each text once. */
	async creditsOn(
		releaseId: string,
		viewer: Person | null,
		{ limit, shown = isListedFor }: { limit: number; shown?: typeof isListedFor }
	): Promise<string[]> {
		const rows = await this.#db
			.selectFrom('track')
			.select('credits')
			.where('release_id', '=', releaseId)
			.where('credits', 'is not', null)
			.where(({ eb }) => shown(viewer)(eb))
			.orderBy('disc_number')
			.orderBy('track_number')
			.limit(limit)
			.execute();
		return [...new Set(rows.flatMap(({ credits }) => credits ?? []))];
	}

	async singlesOf(artistId: string, viewer: Person | null, limit: number): Promise<Track[]> {
		const rows = await trackRows(this.#db, viewer)
			.where('track.artist_id', '=', artistId)
			.where('track.release_id', 'is', null)
			.orderBy('track.created_at', 'desc')
			.orderBy('track.id')
			.limit(limit)
			.execute();
		return toTracks(this.#db, rows, viewer);
	}

	/** What to begin with: what is played most; the newest of an artist of whom nothing is listed. */
	async topOf(artistId: string, viewer: Person | null, limit: number): Promise<Track[]> {
		const listed = await trackRows(this.#db, null)
			.where('track.artist_id', '=', artistId)
			.where('track.listed', '=', 1)
			.orderBy('track.plays', 'desc')
			.orderBy('track.created_at', 'desc')
			.limit(limit)
			.execute();
		if (listed.length > 0) return toTracks(this.#db, listed, viewer);
		return toTracks(
			this.#db,
			await newestOf(this.#db, artistId, viewer).limit(limit).execute(),
			viewer
		);
	}

	/** What only its artist sees, newest first. */
	async draftsOf(owner: Person, { limit }: { limit: number }): Promise<Track[]> {
		const rows = await trackRows(this.#db, owner)
			.where('track.owner_id', '=', owner.id)
			.where('track.listed', '=', 0)
			.where('track.visibility', '=', 'draft')
			.orderBy('track.created_at', 'desc')
			.orderBy('track.id', 'desc')
			.limit(limit)
			.execute();
		return toTracks(this.#db, rows, owner);
	}

	async countDrafts(ownerId: string): Promise<number> {
		const { n } = await this.#db
			.selectFrom('track')
			.select(({ fn }) => fn.countAll<number>().as('n'))
			.where('owner_id', '=', ownerId)
			.where('listed', '=', 0)
			.where('visibility', '=', 'draft')
			.executeTakeFirstOrThrow();
		return n;
	}

	/** Everything one person uploaded, drafts included, newest first. `cursor` is what the last page gave as `next`. */
	async ownedBy(
		owner: Person,
		{ limit, cursor = null }: { limit: number; cursor?: string | null }
	): Promise<TrackPage> {
		const after = parseCursor(cursor);
		const rows = await trackRows(this.#db, owner)
			.where('track.owner_id', '=', owner.id)
			.$if(after !== null, (query) =>
				query.where(sql<boolean>`(track.created_at, track.id) < (${after?.at}, ${after?.id})`)
			)
			.orderBy('track.created_at', 'desc')
			.orderBy('track.id', 'desc')
			.limit(limit + 1)
			.execute();
		const shown = rows.slice(0, limit);
		const last = shown.at(-1);
		return {
			tracks: await toTracks(this.#db, shown, owner),
			next: rows.length > limit && last ? cursorAfter({ at: last.created_at, id: last.id }) : null
		};
	}

	/**
	 * Uploads whose tracks play for their owner alone, newest first, and would be for everybody when they are published:
	 * what was kept back is not among them.
	 */
	async draftUploads(ownerId: string, { limit }: { limit: number }): Promise<string[]> {
		const rows = await this.#db
			.selectFrom('track')
			.innerJoin('upload', 'upload.id', 'track.upload_id')
			.select(['upload.id', 'upload.description'])
			.where('track.owner_id', '=', ownerId)
			.where('track.visibility', '=', 'draft')
			.where('track.state', '=', 'ready')
			.orderBy('track.created_at', 'desc')
			.orderBy('track.id', 'desc')
			.limit(limit)
			.execute();
		return rows.flatMap(({ id, description }) => (isKept(description) ? [] : [id]));
	}

	async #track(row: TrackRow | undefined, viewer: Person | null): Promise<Track | null> {
		const [track] = await toTracks(this.#db, row ? [row] : [], viewer);
		return track ?? null;
	}
}

/** A description as we wrote it ourselves. */
function isKept(description: string | null): boolean {
	return description !== null && (JSON.parse(description) as Description).visibility === 'draft';
}
