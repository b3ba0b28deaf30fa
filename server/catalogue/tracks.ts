import { sql, type Kysely } from 'kysely';
import type { Person } from '#contracts/account';
import { albumFolder } from '#contracts/compilation';
import type { FeedItem } from '#contracts/feed';
import type {
	Gapless,
	Loudness,
	MusicBrainz,
	Rendition,
	RenditionKind,
	Track,
	TrackPage
} from '#contracts/track';
import type { Description } from '#contracts/upload';
import { folderOf, yearOf } from '../metadata.ts';
import { RENDITIONS } from '../renditions.ts';
import { coverUrl } from './cover-url.ts';
import { slugOf } from '../folding.ts';
import type { Quality } from '../quality.ts';
import { newId, slugSuffix } from './ids.ts';
import { cursorAfter, parseCursor } from './page-cursor.ts';
import { Renditions, type StoredRendition } from './renditions.ts';
import type { Database, StageState, TrackState } from './schema.ts';
import { isListedFor, mayBeOpenedBy } from './visibility.ts';

/** More files than any release has. */
const MOST_OF_FOLDER = 5_000;

/** What tracks of one person have in common that share a release, though nobody names its artist. */
export interface Gathering {
	ownerId: string;
	key: string;
}

/** What may be said of a track, before and after it is one. */
export interface DescribedTrack {
	artistId: string;
	gathering: Gathering | null;
	/** Who leads on it, of which the artist of its gathering's release is made; null when nobody names one. */
	leadId: string | null;
	title: string;
	discNumber: number | null;
	trackNumber: number | null;
	genre: string | null;
	/** ISO 8601: a year, a month or a day. */
	date: string | null;
	visibility: Track['visibility'];
	/** To be read beside it, in lines. */
	text?: string | null;
	/** A line for each role: `Producer: Ada, Bea`. */
	credits?: string | null;
	/** Its own; without one it has that of its release. */
	cover: { hash: string; color: string } | null;
}

/** What was uploaded. */
export interface Original {
	sha256: string;
	size: number;
	name: string;
	/** What people call it: FLAC, MP3. */
	format: string;
	isLossless: boolean;
	/** Of the sound alone. */
	bitsPerSecond: number;
	hertz: number;
	/** Bits a sample; 0 for formats that have none. */
	depth: number;
}

export interface NewTrack extends DescribedTrack {
	ownerId: string;
	durationMs: number;
	original: Original;
	stream: { path: string; type: string };
	musicbrainz: MusicBrainz | null;
	uploadId: string;
	now: number;
}

/** A track of a certain length, and what its original is worth. */
export interface SameLength extends Quality {
	id: string;
	uploadId: string;
	sha256: string;
}

/** A track as its upload made it, with what may be said anew. */
export interface StoredTrack {
	id: string;
	uploadId: string;
	releaseId: string | null;
	gathering: Gathering | null;
	visibility: Track['visibility'];
	/** Whether its visibility counts: not in the bin, and not while it is taken down. */
	isShown: boolean;
	cover: { hash: string; color: string } | null;
}

/** A file below the storage folder, as it goes out. */
export interface MediaFile {
	path: string;
	type: string;
	name: string;
}

export class Tracks {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** The track of this upload, on no release yet: a repeated call finds what the first one added. */
	async addOnce(track: NewTrack): Promise<{ id: string }> {
		const id = newId();
		const row = await this.#db
			.insertInto('track')
			.values({
				id,
				slug: `${slugOf(track.title)}-${slugSuffix()}`,
				owner_id: track.ownerId,
				...toColumns(track),
				release_id: null,
				state: 'ready',
				...fileColumns(track),
				musicbrainz: track.musicbrainz && JSON.stringify(track.musicbrainz),
				upload_id: track.uploadId,
				created_at: track.now
			})
			.onConflict((conflict) => conflict.column('upload_id').doNothing())
			.returning('id')
			.executeTakeFirst();
		if (row) return { id };
		const known = await this.#db
			.selectFrom('track')
			.select('id')
			.where('upload_id', '=', track.uploadId)
			.executeTakeFirstOrThrow();
		return known;
	}

	/** What is said anew goes in place of what was said; its address stays. */
	async describe(id: string, described: DescribedTrack): Promise<void> {
		await this.#db.updateTable('track').set(toColumns(described)).where('id', '=', id).execute();
	}

	async moveTo(id: string, releaseId: string | null): Promise<void> {
		await this.#db
			.updateTable('track')
			.set({ release_id: releaseId })
			.where('id', '=', id)
			.execute();
	}

	/** All tracks of a gathering. */
	async moveGathering({ ownerId, key }: Gathering, releaseId: string | null): Promise<void> {
		await this.#db
			.updateTable('track')
			.set({ release_id: releaseId })
			.where('owner_id', '=', ownerId)
			.where('gathering', '=', key)
			.where('release_id', 'is not', releaseId)
			.execute();
	}

	/** On which releases the tracks of a gathering are, and who leads on them: a row for each of both. */
	async gathered({
		ownerId,
		key
	}: Gathering): Promise<{ releaseId: string | null; leadId: string | null; tracks: number }[]> {
		return this.#db
			.selectFrom('track')
			.select(({ fn }) => [
				'release_id as releaseId',
				'lead_id as leadId',
				fn.countAll<number>().as('tracks')
			])
			.where('owner_id', '=', ownerId)
			.where('gathering', '=', key)
			.groupBy(['release_id', 'lead_id'])
			.orderBy('release_id', 'desc') // what is on no release comes last
			.orderBy('lead_id')
			.execute();
	}

	async show(id: string, visibility: Track['visibility']): Promise<void> {
		await this.#db.updateTable('track').set({ visibility }).where('id', '=', id).execute();
	}

	/** Which upload brought what each of these tracks is now, by the track's id. */
	async uploadsBehind(ids: readonly string[]): Promise<Map<string, string>> {
		if (ids.length === 0) return new Map();
		const rows = await this.#db
			.selectFrom('track')
			.select(['id', 'upload_id'])
			.where('id', 'in', ids)
			.execute();
		return new Map(rows.map((row) => [row.id, row.upload_id]));
	}

	/** The tracks that these uploads made. */
	async ofUploads(uploadIds: readonly string[]): Promise<StoredTrack[]> {
		if (uploadIds.length === 0) return [];
		const rows = await this.#db
			.selectFrom('track')
			.select(['id', 'upload_id', 'release_id', 'owner_id', 'gathering'])
			.select(['state', 'visibility', 'cover_hash', 'cover_color'])
			.where('upload_id', 'in', uploadIds)
			.orderBy('id')
			.limit(uploadIds.length)
			.execute();
		return rows.map((row) => ({
			id: row.id,
			uploadId: row.upload_id,
			releaseId: row.release_id,
			gathering: row.gathering === null ? null : { ownerId: row.owner_id, key: row.gathering },
			visibility: row.visibility,
			isShown: row.state === 'ready',
			cover:
				row.cover_hash !== null && row.cover_color !== null
					? { hash: row.cover_hash, color: row.cover_color }
					: null
		}));
	}

	/** Whether a track of this person was uploaded under this name and in this size: likely the same file. */
	async hasNamesake(ownerId: string, file: { name: string; size: number }): Promise<boolean> {
		const row = await this.#db
			.selectFrom('track')
			.select('id')
			.where('owner_id', '=', ownerId)
			.where('original_size', '=', file.size)
			.where('original_name', '=', file.name)
			.limit(1)
			.executeTakeFirst();
		return row !== undefined;
	}

	/** The track that this file is the original of, or was before a better one came. */
	async byOriginal(
		ownerId: string,
		sha256: string
	): Promise<{ id: string; uploadId: string } | null> {
		const row = await this.#db
			.selectFrom('track')
			.select(['id', 'upload_id'])
			.where('owner_id', '=', ownerId)
			.where((where) =>
				where.or([
					where('original_sha256', '=', sha256),
					where(
						'id',
						'in',
						where
							.selectFrom('earlier_original')
							.select('track_id')
							.where('earlier_original.sha256', '=', sha256)
					)
				])
			)
			.limit(1)
			.executeTakeFirst();
		return row ? { id: row.id, uploadId: row.upload_id } : null;
	}

	/** Whether any track has this original, so that what was made of it is still wanted. */
	async hasOriginal(sha256: string): Promise<boolean> {
		const row = await this.#db
			.selectFrom('track')
			.select('id')
			.where('original_sha256', '=', sha256)
			.limit(1)
			.executeTakeFirst();
		return row !== undefined;
	}

	/** Tracks of one person by their length in milliseconds, that are called like this or were by their tags. */
	async asLong(
		ownerId: string,
		{ from, to, titles }: { from: number; to: number; titles: readonly string[] }
	): Promise<SameLength[]> {
		const named = sql.join(titles.map((title) => sql`${title}`));
		const rows = await this.#db
			.selectFrom('track')
			.innerJoin('upload', 'upload.id', 'track.upload_id')
			.select(['track.id', 'upload_id', 'original_sha256', 'original_format', 'original_bits'])
			.select(['original_hertz', 'original_depth', 'original_lossless'])
			.where('owner_id', '=', ownerId)
			.where('duration_ms', '>=', from)
			.where('duration_ms', '<=', to)
			.where('track.state', '!=', 'binned')
			.where(
				sql<boolean>`(track.title collate nocase in (${named}) or json_extract(upload.tags, '$.title') collate nocase in (${named}))`
			)
			.orderBy('duration_ms')
			.limit(20)
			.execute();
		return rows.map(toSameLength);
	}

	/** A track that may get another original; null for what is not there, or in the bin. */
	async replaceable(id: string): Promise<(SameLength & { ownerId: string }) | null> {
		const row = await this.#db
			.selectFrom('track')
			.select(['id', 'owner_id', 'upload_id', 'original_sha256', 'original_format'])
			.select(['original_bits', 'original_hertz', 'original_depth', 'original_lossless'])
			.where('id', '=', id)
			.where('state', '!=', 'binned')
			.executeTakeFirst();
		return row ? { ...toSameLength(row), ownerId: row.owner_id } : null;
	}

	/** Another original in place of the one it has, which is kept; nothing else about it changes. */
	async improve(
		id: string,
		better: Pick<
			NewTrack,
			'original' | 'stream' | 'durationMs' | 'musicbrainz' | 'uploadId' | 'now'
		>
	): Promise<void> {
		await this.#db
			.insertInto('earlier_original')
			.columns(['track_id', 'sha256', 'size', 'name', 'format', 'replaced_at'])
			.expression((from) =>
				from
					.selectFrom('track')
					.select(['id', 'original_sha256', 'original_size', 'original_name', 'original_format'])
					.select(({ val }) => val(better.now).as('replaced_at'))
					.where('id', '=', id)
			)
			.onConflict((conflict) => conflict.doNothing())
			.execute();
		await this.#db
			.updateTable('track')
			.set({
				...fileColumns(better),
				...(better.musicbrainz && { musicbrainz: JSON.stringify(better.musicbrainz) }),
				upload_id: better.uploadId
			})
			.where('id', '=', id)
			.execute();
	}

	/** Releases that the uploads of one folder went into; its discs are folders of their own, and part of it. */
	async releasesOfFolder(ownerId: string, folder: string): Promise<string[]> {
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

	/** What everybody sees, newest first. */
	async latest({ limit }: { limit: number }): Promise<Track[]> {
		const rows = await this.#rows(null)
			.where('track.listed', '=', 1)
			.orderBy('track.created_at', 'desc')
			.orderBy('track.id', 'desc')
			.limit(limit)
			.execute();
		return this.#tracks(rows, null);
	}

	/** In the order asked; what is gone or hidden from the viewer is left out. */
	async inOrder(ids: readonly string[], viewer: Person | null): Promise<Track[]> {
		const found = await this.byIds(ids, viewer);
		return ids.flatMap((id) => found.get(id) ?? []);
	}

	/** Those of them that the viewer may see, by id. */
	async byIds(ids: readonly string[], viewer: Person | null): Promise<Map<string, Track>> {
		if (ids.length === 0) return new Map();
		const rows = await this.#rows(viewer)
			.where(sql<boolean>`track.id in (select value from json_each(${JSON.stringify(ids)}))`)
			.orderBy('track.id')
			.limit(ids.length)
			.execute();
		return new Map((await this.#tracks(rows, viewer)).map((track) => [track.id, track]));
	}

	async byId(id: string, viewer: Person | null): Promise<Track | null> {
		const row = await this.#rows(viewer, mayBeOpenedBy)
			.select(['track.text', 'track.credits'])
			.where('track.id', '=', id)
			.executeTakeFirst();
		return this.#track(row, viewer);
	}

	async bySlug(slug: string, viewer: Person | null): Promise<Track | null> {
		const row = await this.#rows(viewer, mayBeOpenedBy)
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
		const rows = await this.#rows(viewer, shown)
			.where('track.release_id', '=', releaseId)
			.orderBy('track.disc_number')
			.orderBy(sql`track.track_number is null`)
			.orderBy('track.track_number')
			.orderBy('track.title')
			.orderBy('track.id')
			.limit(limit)
			.execute();
		return this.#tracks(rows, viewer);
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
		const rows = await this.#rows(viewer)
			.where('track.artist_id', '=', artistId)
			.where('track.release_id', 'is', null)
			.orderBy('track.created_at', 'desc')
			.orderBy('track.id')
			.limit(limit)
			.execute();
		return this.#tracks(rows, viewer);
	}

	/** What to begin with: what is played most; the newest of an artist of whom nothing is listed. */
	async topOf(artistId: string, viewer: Person | null, limit: number): Promise<Track[]> {
		const listed = await this.#rows(null)
			.where('track.artist_id', '=', artistId)
			.where('track.listed', '=', 1)
			.orderBy('track.plays', 'desc')
			.orderBy('track.created_at', 'desc')
			.limit(limit)
			.execute();
		if (listed.length > 0) return this.#tracks(listed, viewer);
		return this.#tracks(await this.#newestOf(artistId, viewer).limit(limit).execute(), viewer);
	}

	/** What everybody may hear of an artist, newest first. */
	async feedOf(artistId: string, limit: number): Promise<FeedItem[]> {
		const rows = await this.#newestOf(artistId, null)
			.select('track.original_size')
			.limit(limit)
			.execute();
		const tracks = await this.#tracks(rows, null);
		return tracks.map((track, at) => ({ track, enclosure: enclosureOf(track, rows[at]) }));
	}

	#newestOf(artistId: string, viewer: Person | null) {
		return this.#rows(viewer)
			.where('track.artist_id', '=', artistId)
			.orderBy('track.created_at', 'desc')
			.orderBy('track.id', 'desc');
	}

	/** What only its artist sees, newest first. */
	async draftsOf(owner: Person, { limit }: { limit: number }): Promise<Track[]> {
		const rows = await this.#rows(owner)
			.where('track.owner_id', '=', owner.id)
			.where('track.listed', '=', 0)
			.where('track.visibility', '=', 'draft')
			.orderBy('track.created_at', 'desc')
			.orderBy('track.id', 'desc')
			.limit(limit)
			.execute();
		return this.#tracks(rows, owner);
	}

	/** Everything one person uploaded, drafts included, newest first. `cursor` is what the last page gave as `next`. */
	async ownedBy(
		owner: Person,
		{ limit, cursor = null }: { limit: number; cursor?: string | null }
	): Promise<TrackPage> {
		const after = parseCursor(cursor);
		const rows = await this.#rows(owner)
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
			tracks: await this.#tracks(shown, owner),
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

	/** What a background stage works on; null when the track is gone. */
	async originalForWork(
		id: string
	): Promise<{ sha256: string; personId: string; uploadId: string } | null> {
		const row = await this.#db
			.selectFrom('track')
			.select(['original_sha256 as sha256', 'owner_id as personId', 'upload_id as uploadId'])
			.where('id', '=', id)
			.executeTakeFirst();
		return row ?? null;
	}

	/** How loud it is, unless it has another original by now; null when that could not be measured. */
	async measure(
		{ trackId, sha256 }: { trackId: string; sha256: string },
		measured: { loudness: Loudness; gapless: Gapless | null } | null
	): Promise<void> {
		await this.#db
			.updateTable('track')
			.set({
				measure_state: measured ? 'ready' : 'failed',
				loudness: measured?.loudness.integrated ?? null,
				true_peak: measured?.loudness.truePeak ?? null,
				gapless: measured?.gapless ? JSON.stringify(measured.gapless) : null
			})
			.where('id', '=', trackId)
			.where('original_sha256', '=', sha256)
			.execute();
	}

	/** Those that were not measured though there is no job for it, a few at a time. */
	async unmeasuredWithoutJob(limit: number): Promise<{ trackId: string; sha256: string }[]> {
		return this.#db
			.selectFrom('track')
			.select(['id as trackId', 'original_sha256 as sha256'])
			.where('measure_state', '=', 'waiting')
			.where(
				sql<boolean>`not exists (select 1 from job where job.key = 'measure:' || track.id || ':' || track.original_sha256)`
			)
			.limit(limit)
			.execute();
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

	/** Whether a cover belongs to anything that the viewer may open; the picture of an artist is everybody's. */
	async coverIsSeenBy(hash: string, viewer: Person | null): Promise<boolean> {
		const onTrack = await this.#db
			.selectFrom('track')
			.select('id')
			.where('cover_hash', '=', hash)
			.where(mayBeOpenedBy(viewer))
			.limit(1)
			.executeTakeFirst();
		if (onTrack) return true;
		const onRelease = await this.#db
			.selectFrom('release')
			.innerJoin('track', 'track.release_id', 'release.id')
			.select('release.id')
			.where('release.cover_hash', '=', hash)
			.where(({ eb }) => mayBeOpenedBy(viewer)(eb))
			.limit(1)
			.executeTakeFirst();
		if (onRelease) return true;
		const ofArtist = await this.#db
			.selectFrom('artist')
			.select('id')
			.where('picture_hash', '=', hash)
			.limit(1)
			.executeTakeFirst();
		return ofArtist !== undefined;
	}

	async #track(row: TrackRow | undefined, viewer: Person | null): Promise<Track | null> {
		const [track] = await this.#tracks(row ? [row] : [], viewer);
		return track ?? null;
	}

	async #tracks(rows: readonly TrackRow[], viewer: Person | null): Promise<Track[]> {
		const renditions = await new Renditions(this.#db).of(rows.map(({ id }) => id));
		return rows.map((row) => toTrack(row, renditions.get(row.id) ?? [], viewer));
	}

	#rows(viewer: Person | null, seen = isListedFor) {
		return this.#db
			.selectFrom('track')
			.innerJoin('artist', 'artist.id', 'track.artist_id')
			.leftJoin('release', 'release.id', 'track.release_id')
			.select([
				'track.id',
				'track.slug',
				'track.owner_id',
				'track.title',
				'track.disc_number',
				'track.track_number',
				'track.year',
				'track.genre',
				'track.date',
				'track.upload_id',
				'track.duration_ms',
				'track.state',
				'track.visibility',
				'track.original_format',
				'track.original_sha256',
				'track.original_bits',
				'track.original_size',
				'track.original_name',
				'track.taken_down_reason',
				'track.stream_path',
				'track.stream_type',
				'track.measure_state',
				'track.loudness',
				'track.true_peak',
				'track.gapless',
				'track.musicbrainz',
				'track.created_at',
				sql<string | null>`coalesce(track.cover_hash, release.cover_hash)`.as('cover_hash'),
				sql<string | null>`coalesce(track.cover_color, release.cover_color)`.as('cover_color'),
				'artist.name as artist',
				'artist.slug as artist_slug',
				'release.title as release',
				'release.slug as release_slug',
				'release.downloads'
			])
			.where(({ eb }) => seen(viewer)(eb));
	}
}

function toSameLength(row: {
	id: string;
	upload_id: string;
	original_sha256: string;
	original_format: string;
	original_bits: number | null;
	original_hertz: number | null;
	original_depth: number | null;
	original_lossless: 0 | 1 | null;
}): SameLength {
	return {
		id: row.id,
		uploadId: row.upload_id,
		sha256: row.original_sha256,
		format: row.original_format,
		isLossless: row.original_lossless === null ? null : row.original_lossless === 1,
		bitsPerSecond: row.original_bits,
		hertz: row.original_hertz,
		depth: row.original_depth
	};
}

interface TrackRow {
	id: string;
	slug: string;
	owner_id: string;
	title: string;
	disc_number: number | null;
	track_number: number | null;
	year: number | null;
	genre: string | null;
	date: string | null;
	upload_id: string;
	duration_ms: number;
	state: TrackState;
	visibility: Track['visibility'];
	original_format: string;
	original_sha256: string;
	original_bits: number | null;
	original_size: number;
	original_name: string;
	taken_down_reason: string | null;
	stream_path: string | null;
	stream_type: string | null;
	measure_state: StageState;
	loudness: number | null;
	true_peak: number | null;
	gapless: string | null;
	musicbrainz: string | null;
	created_at: number;
	/** These two are read for one track alone. */
	text?: string | null;
	credits?: string | null;
	cover_hash: string | null;
	cover_color: string | null;
	artist: string;
	artist_slug: string;
	release: string | null;
	release_slug: string | null;
	downloads: 0 | 1 | null;
}

function toColumns(track: DescribedTrack) {
	return {
		artist_id: track.artistId,
		gathering: track.gathering?.key ?? null,
		lead_id: track.leadId,
		title: track.title,
		disc_number: track.discNumber,
		track_number: track.trackNumber,
		year: yearOf(track.date),
		genre: track.genre,
		date: track.date,
		text: track.text ?? null,
		credits: track.credits ?? null,
		visibility: track.visibility,
		cover_hash: track.cover?.hash ?? null,
		cover_color: track.cover?.color ?? null
	};
}

/** What its file makes of it: nothing is measured yet. */
function fileColumns(track: Pick<NewTrack, 'original' | 'stream' | 'durationMs'>) {
	const { original, stream, durationMs } = track;
	return {
		duration_ms: durationMs,
		original_sha256: original.sha256,
		original_size: original.size,
		original_name: original.name,
		original_format: original.format,
		original_bits: original.bitsPerSecond,
		original_hertz: original.hertz,
		original_depth: original.depth,
		original_lossless: original.isLossless ? (1 as const) : (0 as const),
		stream_path: stream.path,
		stream_type: stream.type,
		measure_state: 'waiting' as const,
		loudness: null,
		true_peak: null,
		gapless: null
	};
}

/** For whoever may see it: others do not see what is held. */
const isPlayable = ({ state }: Pick<TrackRow, 'state'>): boolean => state !== 'processing';

/** More than this is too much for many a link, and no browser plays more of it than the usual 48 kHz. */
const HEAVY_BITS_PER_SECOND = 1_500_000;

/** Every way to hear it, the original first. Their addresses name what they are, so that none changes while it plays. */
function renditionsOf(row: TrackRow, stored: readonly StoredRendition[], isOwn: boolean) {
	const base = `/media/tracks/${row.id}`;
	const plays = isPlayable(row) && row.stream_path?.startsWith('originals/');
	const original: Rendition[] = plays
		? [
				{
					kind: 'original',
					state: 'ready',
					type: row.stream_type ?? '',
					bitsPerSecond: row.original_bits ?? 0,
					url: `${base}/stream`
				}
			]
		: [];
	const made = stored
		.filter(({ state }) => isOwn || state === 'ready')
		.map(({ kind, state, bitsPerSecond }): Rendition => {
			const url = state === 'ready' ? `${base}/${kind}` : null;
			return { kind, state, type: RENDITIONS[kind].type, bitsPerSecond, url };
		});
	return [...original, ...made];
}

/** The original where it plays, or was encoded before it did; AAC in its place where it is heavy. */
function streamUrlOf(row: TrackRow, renditions: readonly Rendition[]): string | null {
	if (!isPlayable(row)) return null;
	const aac = renditions.find(({ kind }) => kind === 'aac')?.url;
	const isHeavy = (row.original_bits ?? 0) > HEAVY_BITS_PER_SECOND;
	return isHeavy && aac ? aac : `/media/tracks/${row.id}/stream`;
}

/** Formats that every program for feeds plays. */
const USUAL_TYPES = ['audio/mpeg', 'audio/mp4'];

/** What was uploaded where that is usual, else AAC. */
function enclosureOf(
	{ id, renditions = [], durationSeconds }: Track,
	row: { stream_path: string | null; stream_type: string | null; original_size: number } | undefined
): FeedItem['enclosure'] {
	const type = row?.stream_type ?? 'audio/mpeg';
	const bytesAt = (bitsPerSecond: number) => Math.round((bitsPerSecond * durationSeconds) / 8);
	const aac = renditions.find(({ kind, url }) => kind === 'aac' && url !== null);
	if (aac?.url && !USUAL_TYPES.includes(type)) {
		return { url: aac.url, bytes: bytesAt(aac.bitsPerSecond), type: 'audio/mp4' };
	}
	const isOriginal = row?.stream_path?.startsWith('originals/') ?? false;
	return {
		url: `/media/tracks/${id}/stream`,
		bytes: isOriginal ? (row?.original_size ?? 0) : bytesAt(RENDITIONS.aac.bitsPerSecond),
		type
	};
}

function toTrack(row: TrackRow, stored: readonly StoredRendition[], viewer: Person | null): Track {
	const isOwn = viewer !== null && (viewer.role === 'owner' || viewer.id === row.owner_id);
	const renditions = renditionsOf(row, stored, isOwn);
	return {
		id: row.id,
		slug: row.slug,
		title: row.title,
		artist: row.artist,
		artistSlug: row.artist_slug,
		release: row.release,
		releaseSlug: row.release_slug,
		discNumber: row.disc_number,
		trackNumber: row.track_number,
		year: row.year,
		genre: row.genre,
		...(row.genre !== null && { genreSlug: slugOf(row.genre) }),
		date: row.date,
		durationSeconds: row.duration_ms / 1000,
		state: isPlayable(row) ? 'ready' : 'processing',
		visibility: row.visibility,
		streamUrl: streamUrlOf(row, renditions),
		renditions,
		...(row.measure_state === 'ready' && {
			peaksUrl: `/media/tracks/${row.id}/peaks`,
			loudness: { integrated: row.loudness, truePeak: row.true_peak }
		}),
		...(row.gapless !== null && { gapless: JSON.parse(row.gapless) as Gapless }),
		...(row.musicbrainz !== null && { musicbrainz: JSON.parse(row.musicbrainz) as MusicBrainz }),
		...(isOwn && {
			measured: row.measure_state,
			originalSha256: row.original_sha256,
			originalSize: row.original_size,
			originalName: row.original_name,
			uploadId: row.upload_id,
			...(row.taken_down_reason !== null && { takenDown: row.taken_down_reason })
		}),
		...((isOwn || row.downloads === 1) && { originalUrl: `/media/tracks/${row.id}/original` }),
		...(row.text && { text: row.text }),
		...(row.credits && { credits: row.credits }),
		...(row.cover_hash !== null && { coverUrl: coverUrl(row.cover_hash) }),
		...(row.cover_color !== null && { coverColor: row.cover_color }),
		format: row.original_format,
		createdAt: new Date(row.created_at).toISOString()
	};
}

/** A description as we wrote it ourselves. */
function isKept(description: string | null): boolean {
	return description !== null && (JSON.parse(description) as Description).visibility === 'draft';
}
