import type { Kysely } from 'kysely';
import type { Track } from '#contracts/track';
import { slugOf } from '../folding.ts';
import { yearOf } from '../metadata.ts';
import type { Gathering } from './gatherings.ts';
import { newId, slugSuffix } from './ids.ts';
import { coverColumns, coverIn, type KeptCover } from './kept-cover.ts';
import { fileColumns, type NewOriginal } from './originals.ts';
import type { Database } from './schema.ts';

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
	cover: KeptCover | null;
}

export interface NewTrack extends DescribedTrack, NewOriginal {
	ownerId: string;
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
	cover: KeptCover | null;
}

/** Tracks as their uploads made them, and what their artists say of them. */
export class UploadedTracks {
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
			cover: coverIn(row)
		}));
	}
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
		...coverColumns(track.cover)
	};
}
