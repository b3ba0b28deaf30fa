import type { Kysely } from 'kysely';
import type { Artist, ArtistWithMusic } from '#contracts/artist';
import type { Person } from '#contracts/account';
import { nameKey, slugOf } from '../folding.ts';
import { newId, slugSuffix } from './ids.ts';
import { Releases } from './releases.ts';
import type { Database } from './schema.ts';
import { Tracks } from './tracks.ts';
import { mayBeSeenBy } from './visibility.ts';

const MAX_SHOWN = 200;

export class Artists {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	async findOrAdd(name: string, now: number): Promise<Artist> {
		const key = nameKey(name);
		const known = await this.#db
			.selectFrom('artist')
			.select(['id', 'slug', 'name'])
			.where('name_key', '=', key)
			.executeTakeFirst();
		if (known) return known;
		const base = slugOf(name);
		const taken = await this.#db
			.selectFrom('artist')
			.select('id')
			.where('slug', '=', base)
			.executeTakeFirst();
		const slug = taken ? `${base}-${slugSuffix()}` : base;
		return this.#db
			.insertInto('artist')
			.values({ id: newId(), slug, name, name_key: key, created_at: now })
			.returning(['id', 'slug', 'name'])
			.executeTakeFirstOrThrow();
	}

	/** Whether there is anything of this artist that the viewer may see. */
	async isSeenBy(id: string, viewer: Person | null): Promise<boolean> {
		const row = await this.#db
			.selectFrom('track')
			.select('id')
			.where('artist_id', '=', id)
			.where(mayBeSeenBy(viewer))
			.limit(1)
			.executeTakeFirst();
		return row !== undefined || (await new Releases(this.#db).byArtist(id, viewer, 1)).length > 0;
	}

	/** Null when there is none, or nothing of theirs that the viewer may see. */
	async bySlug(slug: string, viewer: Person | null): Promise<ArtistWithMusic | null> {
		const artist = await this.#db
			.selectFrom('artist')
			.select(['id', 'slug', 'name'])
			.where('slug', '=', slug)
			.executeTakeFirst();
		if (!artist) return null;
		const releases = await new Releases(this.#db).byArtist(artist.id, viewer, MAX_SHOWN);
		const singles = await new Tracks(this.#db).singlesOf(artist.id, viewer, MAX_SHOWN);
		if (releases.length === 0 && singles.length === 0) return null;
		return { ...artist, releases, singles };
	}
}
