import { sql, type Kysely } from 'kysely';
import type { Person } from '#contracts/account';
import { MAX_FOLLOWS, type FollowedArtist, type News } from '#contracts/follow';
import { cursorOf, placeOf } from './place.ts';
import { Releases } from './releases.ts';
import type { Database } from './schema.ts';
import { Tracks } from './tracks.ts';

/** What came earlier is no news. */
const NEWS_MS = 60 * 24 * 60 * 60 * 1000;
/** Of one artist; one who adds a thousand tracks in a day pushes nobody else's out. */
const MOST_OF_ARTIST = 200;

/** Which artists people follow, and what is new from them. */
export class Follows {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** Once more changes nothing. False when this person follows too many already. */
	async add(personId: string, artistId: string, now: number): Promise<boolean> {
		const { n } = await this.#db
			.selectFrom('follow')
			.select(({ fn }) => fn.countAll<number>().as('n'))
			.where('person_id', '=', personId)
			.where('artist_id', '<>', artistId)
			.executeTakeFirstOrThrow();
		if (n >= MAX_FOLLOWS) return false;
		await this.#db
			.insertInto('follow')
			.values({ person_id: personId, artist_id: artistId, at: now })
			.onConflict((conflict) => conflict.doNothing())
			.execute();
		return true;
	}

	async remove(personId: string, artistId: string): Promise<void> {
		await this.#db
			.deleteFrom('follow')
			.where('person_id', '=', personId)
			.where('artist_id', '=', artistId)
			.execute();
	}

	/** Those of the artists that this person follows. */
	async among(personId: string, artistIds: readonly string[]): Promise<string[]> {
		if (artistIds.length === 0) return [];
		const rows = await this.#db
			.selectFrom('follow')
			.select('artist_id')
			.where('person_id', '=', personId)
			.where('artist_id', 'in', artistIds)
			.execute();
		return rows.map(({ artist_id }) => artist_id);
	}

	/** Followed last first. */
	async page(
		personId: string,
		{ limit, cursor }: { limit: number; cursor: string | null }
	): Promise<{ artists: FollowedArtist[]; next: string | null }> {
		const after = placeOf(cursor);
		const rows = await this.#db
			.selectFrom('follow')
			.innerJoin('artist', 'artist.id', 'follow.artist_id')
			.select(['artist.id', 'artist.slug', 'artist.name', 'follow.at'])
			.where('person_id', '=', personId)
			.$if(after !== null, (query) =>
				query.where(({ eb, refTuple, tuple }) =>
					eb(refTuple('follow.at', 'follow.artist_id'), '<', tuple(after?.at ?? 0, after?.id ?? ''))
				)
			)
			.orderBy('follow.at', 'desc')
			.orderBy('follow.artist_id', 'desc')
			.limit(limit + 1)
			.execute();
		const shown = rows.slice(0, limit);
		const last = shown.at(-1);
		return {
			artists: shown.map(({ at, ...artist }) => ({
				...artist,
				since: new Date(at).toISOString()
			})),
			next: rows.length > limit && last ? cursorOf(last) : null
		};
	}

	/** What came from the artists this person follows in the last two months, newest first; a release once. */
	async news(
		person: Person,
		{ limit, now, seenAt }: { limit: number; now: number; seenAt: number }
	): Promise<News[]> {
		const { rows } = await sql<{ id: string; release_id: string | null; at: number }>`
			select track.id, track.release_id, max(track.listed_at) as at
			from follow join track on track.rowid in (
				select one.rowid from track as one
				where one.artist_id = follow.artist_id and one.listed = 1
					and one.listed_at > max(${now - NEWS_MS}, follow.at)
				order by one.listed_at desc limit ${MOST_OF_ARTIST}
			)
			where follow.person_id = ${person.id}
			group by coalesce(track.release_id, track.id)
			order by at desc, track.id limit ${limit}
		`.execute(this.#db);
		const tracks = await new Tracks(this.#db).byIds(
			rows.flatMap(({ id, release_id }) => (release_id === null ? [id] : [])),
			null
		);
		const releases = await new Releases(this.#db).byIds(
			rows.flatMap(({ release_id }) => release_id ?? []),
			null
		);
		return rows.flatMap(({ id, release_id, at }): News[] => {
			const when = { at: new Date(at).toISOString(), isUnseen: at > seenAt };
			if (release_id === null) {
				const track = tracks.get(id);
				return track ? [{ ...when, kind: 'track', track }] : [];
			}
			const release = releases.get(release_id);
			return release ? [{ ...when, kind: 'release', release }] : [];
		});
	}

	/** Whether anything came since this person looked, or began to follow. */
	async hasNews(personId: string, now: number): Promise<boolean> {
		const { rows } = await sql<{ one: number }>`
			select 1 as one from person join follow on follow.person_id = person.id
			where person.id = ${personId} and exists (
				select 1 from track
				where track.artist_id = follow.artist_id and track.listed = 1
					and track.listed_at > max(person.news_seen_at, follow.at, ${now - NEWS_MS})
			) limit 1
		`.execute(this.#db);
		return rows.length > 0;
	}

	async seenAt(personId: string): Promise<number> {
		const row = await this.#db
			.selectFrom('person')
			.select('news_seen_at')
			.where('id', '=', personId)
			.executeTakeFirst();
		return row?.news_seen_at ?? 0;
	}

	async see(personId: string, now: number): Promise<void> {
		await this.#db
			.updateTable('person')
			.set({ news_seen_at: now })
			.where('id', '=', personId)
			.execute();
	}
}
