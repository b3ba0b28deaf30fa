import { sql, type Kysely } from 'kysely';
import type { Person } from '#contracts/account';
import type { StoredCover } from '#contracts/upload';
import { coverUrl } from './cover-url.ts';
import type { KeptCover } from './kept-cover.ts';
import type { Database } from './schema.ts';
import { mayBeOpenedBy } from './visibility.ts';

/** Pictures that people posted, and what they may call a cover of theirs. */
export class Covers {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** The same picture again is the same cover. */
	async addOnce(personId: string, cover: KeptCover, now: number): Promise<StoredCover> {
		await this.#db
			.insertInto('cover')
			.values({ hash: cover.hash, person_id: personId, color: cover.color, created_at: now })
			.onConflict((conflict) =>
				conflict.columns(['hash', 'person_id']).doUpdateSet({ created_at: now })
			)
			.execute();
		return { cover: cover.hash, coverUrl: coverUrl(cover.hash), coverColor: cover.color };
	}

	/**
	 * Forgets those of some posted pictures that are old and on nothing, nor meant for anything: in one statement, so that
	 * nothing takes one of them meanwhile.
	 * @returns where to go on; null at the end
	 */
	async forgetUnused({
		after,
		before,
		limit
	}: {
		after: string;
		before: number;
		limit: number;
	}): Promise<string | null> {
		const rows = await this.#db
			.selectFrom('cover')
			.select('hash')
			.distinct()
			.where('hash', '>', after)
			.orderBy('hash')
			.limit(limit)
			.execute();
		const hashes = JSON.stringify(rows.map(({ hash }) => hash));
		await sql`
			delete from cover where hash in (select value from json_each(${hashes})) and created_at < ${before}
				and not exists (select 1 from track where track.cover_hash = cover.hash)
				and not exists (select 1 from release where release.cover_hash = cover.hash)
				and not exists (select 1 from artist where artist.picture_hash = cover.hash)
				and not exists (select 1 from folder_cover where folder_cover.cover_hash = cover.hash)
				and not exists (select 1 from suggestion where suggestion.cover_hash = cover.hash)
				and not exists (select 1 from upload where json_extract(upload.description, '$.cover') = cover.hash)
		`.execute(this.#db);
		return rows.length < limit ? null : (rows.at(-1)?.hash ?? null);
	}

	/** Whether this person posted it. */
	async isFrom(personId: string, hash: string): Promise<boolean> {
		const row = await this.#db
			.selectFrom('cover')
			.select('hash')
			.where('hash', '=', hash)
			.where('person_id', '=', personId)
			.executeTakeFirst();
		return row !== undefined;
	}

	/** A picture that this person posted, or that is on music of theirs already; null for all others. */
	async ofPerson(personId: string, hash: string): Promise<KeptCover | null> {
		const posted = this.#db
			.selectFrom('cover')
			.select('color')
			.where('hash', '=', hash)
			.where('person_id', '=', personId);
		const onTrack = this.#db
			.selectFrom('track')
			.select('cover_color as color')
			.where('cover_hash', '=', hash)
			.where('owner_id', '=', personId);
		const onRelease = this.#db
			.selectFrom('release')
			.select('cover_color as color')
			.where('cover_hash', '=', hash)
			.where('owner_id', '=', personId);
		const row = await onTrack.unionAll(onRelease).unionAll(posted).limit(1).executeTakeFirst();
		return row?.color ? { hash, color: row.color } : null;
	}

	/** Whether it belongs to anything that the viewer may open; the picture of an artist is everybody's. */
	async isSeenBy(hash: string, viewer: Person | null): Promise<boolean> {
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
}
