import type { Kysely } from 'kysely';
import type { Artist, ArtistLink, ArtistWithMusic } from '#contracts/artist';
import type { Person } from '#contracts/account';
import { nameKey, slugOf } from '../folding.ts';
import { coverUrl } from './cover-url.ts';
import { newId, slugSuffix } from './ids.ts';
import type { KeptCover } from './kept-cover.ts';
import { Releases } from './releases.ts';
import type { Database } from './schema.ts';
import { Tracks } from './tracks.ts';
import { isListedFor } from './visibility.ts';

const MAX_SHOWN = 200;
const TOP = 20;

/** What its page says of an artist. */
export interface Profile {
	name: string;
	text: string | null;
	links: readonly ArtistLink[];
	picture: KeptCover | null;
}

export class Artists {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** The artist of this name, however it is spelt, and also by a name of before. */
	async findOrAdd(name: string, now: number): Promise<Artist> {
		const key = nameKey(name);
		const known = (await this.#named(key)) ?? (await this.#called(key));
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

	/** Whether there is anything of this artist that is listed for the viewer. */
	async isSeenBy(id: string, viewer: Person | null): Promise<boolean> {
		const row = await this.#db
			.selectFrom('track')
			.select('id')
			.where('artist_id', '=', id)
			.where(isListedFor(viewer))
			.limit(1)
			.executeTakeFirst();
		return row !== undefined || (await new Releases(this.#db).byArtist(id, viewer, 1)).length > 0;
	}

	/** Null when there is none, or nothing of theirs that is listed for the viewer. */
	async bySlug(slug: string, viewer: Person | null): Promise<ArtistWithMusic | null> {
		const row = await this.#db
			.selectFrom('artist')
			.select(['id', 'slug', 'name', 'text', 'links', 'picture_hash', 'picture_color'])
			.where('slug', '=', slug)
			.executeTakeFirst();
		if (!row) return null;
		const { id, name, text, links, picture_hash, picture_color } = row;
		const [tracks, ofArtist] = [new Tracks(this.#db), new Releases(this.#db)];
		const releases = await ofArtist.byArtist(id, viewer, MAX_SHOWN);
		const singles = await tracks.singlesOf(id, viewer, MAX_SHOWN);
		const appearsOn = await ofArtist.withTracksOf(id, viewer, MAX_SHOWN);
		if (releases.length === 0 && singles.length === 0 && appearsOn.length === 0) return null;
		return {
			...{ id, slug, name, text, releases, singles, appearsOn },
			links: links === null ? [] : (JSON.parse(links) as ArtistLink[]),
			...(picture_hash !== null && { pictureUrl: coverUrl(picture_hash) }),
			...(picture_color !== null && { pictureColor: picture_color }),
			top: await tracks.topOf(id, viewer, TOP),
			mayEdit: viewer !== null && (await this.mayBeEditedBy(id, viewer))
		};
	}

	/** What heads a feed; whether anything of theirs is listed is not asked. */
	async headOf(
		slug: string
	): Promise<(Artist & { text: string | null; pictureUrl?: string }) | null> {
		const row = await this.#db
			.selectFrom('artist')
			.select(['id', 'slug', 'name', 'text', 'picture_hash'])
			.where('slug', '=', slug)
			.executeTakeFirst();
		if (!row) return null;
		const { picture_hash: hash, ...artist } = row;
		return { ...artist, ...(hash !== null && { pictureUrl: coverUrl(hash) }) };
	}

	/** The portal's owner, or the one person whose music all of this artist's is. */
	async mayBeEditedBy(id: string, person: Person): Promise<boolean> {
		if (person.role === 'owner') return true;
		if (person.role === 'listener') return false;
		const owners = new Set<string>();
		// The first and the last of an index each: an artist may have a hundred thousand tracks.
		for (const table of ['track', 'release'] as const) {
			for (const order of ['asc', 'desc'] as const) {
				const row = await this.#db
					.selectFrom(table)
					.select('owner_id')
					.where('artist_id', '=', id)
					.orderBy('owner_id', order)
					.limit(1)
					.executeTakeFirst();
				if (row) owners.add(row.owner_id);
			}
		}
		return owners.size === 1 && owners.has(person.id);
	}

	async profileOf(id: string): Promise<Profile | null> {
		const row = await this.#db
			.selectFrom('artist')
			.select(['name', 'text', 'links', 'picture_hash', 'picture_color'])
			.where('id', '=', id)
			.executeTakeFirst();
		if (!row) return null;
		const { name, text, links, picture_hash: hash, picture_color: color } = row;
		return {
			name,
			text,
			links: links === null ? [] : (JSON.parse(links) as ArtistLink[]),
			picture: hash !== null && color !== null ? { hash, color } : null
		};
	}

	/** @returns false, and writes nothing, when another artist has that name */
	async describe(id: string, profile: Profile): Promise<boolean> {
		const key = nameKey(profile.name);
		const namesake = (await this.#named(key)) ?? (await this.#called(key));
		if (namesake && namesake.id !== id) return false;
		if (!namesake) {
			await this.#db.insertInto('artist_alias').values({ name_key: key, artist_id: id }).execute();
		}
		await this.#db
			.updateTable('artist')
			.set({
				name: profile.name,
				text: profile.text,
				links: profile.links.length > 0 ? JSON.stringify(profile.links) : null,
				picture_hash: profile.picture?.hash ?? null,
				picture_color: profile.picture?.color ?? null
			})
			.where('id', '=', id)
			.execute();
		return true;
	}

	#named(key: string): Promise<Artist | undefined> {
		return this.#db
			.selectFrom('artist')
			.select(['id', 'slug', 'name'])
			.where('name_key', '=', key)
			.executeTakeFirst();
	}

	#called(key: string): Promise<Artist | undefined> {
		return this.#db
			.selectFrom('artist_alias')
			.innerJoin('artist', 'artist.id', 'artist_alias.artist_id')
			.select(['artist.id', 'artist.slug', 'artist.name'])
			.where('artist_alias.name_key', '=', key)
			.executeTakeFirst();
	}
}
