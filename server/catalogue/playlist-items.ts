import { sql, type Kysely, type Selectable } from 'kysely';
import type { Person } from '#contracts/account';
import { MAX_PLAYLIST_ITEMS, type PlaylistItem } from '#contracts/playlist';
import type { Track } from '#contracts/track';
import { coverUrl } from './cover-url.ts';
import { newId } from './ids.ts';
import { cursorOf, placeOf } from './place.ts';
import type { Database } from './schema.ts';
import type { PlaylistItemTable } from './schema/playlists.ts';
import { Tracks } from './tracks.ts';
import { isListedFor } from './visibility.ts';

/** Between neighbours, so that twenty things fit between the same two before any of the others has to move. */
const GAP = 2 ** 20;
/** Pictures of a playlist, taken from so many of its first items. */
const COVERS = 4;
const LOOKED_AT = 24;
/** Rows of one statement. */
const CHUNK = 200;

type Item = Selectable<PlaylistItemTable>;

/** What stands in playlists, in its order: by position, and by id where two have the same. */
export class PlaylistItems {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** Those of the items that are in this playlist, removed ones among them, by id. */
	async among(playlistId: string, ids: readonly string[]): Promise<Map<string, Item>> {
		const items: Item[] = [];
		for (const some of chunks(ids)) {
			items.push(
				...(await this.#db
					.selectFrom('playlist_item')
					.selectAll()
					.where('id', 'in', some)
					.where('playlist_id', '=', playlistId)
					.execute())
			);
		}
		return new Map(items.map((item) => [item.id, item]));
	}

	/** Those of the tracks that stand in this playlist. */
	async holding(playlistId: string, trackIds: readonly string[]): Promise<string[]> {
		const rows = await this.#inOrder(playlistId, null)
			.select('track_id')
			.limit(MAX_PLAYLIST_ITEMS)
			.execute();
		const held = new Set(rows.map(({ track_id }) => track_id));
		return trackIds.filter((trackId) => held.has(trackId));
	}

	/** At the end, in the order given. @returns the ids of the items */
	async append(
		playlistId: string,
		tracks: readonly Pick<Track, 'id' | 'title' | 'artist'>[],
		{ version, now }: { version: number; now: number }
	): Promise<string[]> {
		const ids: string[] = [];
		let position = (await this.#edge(playlistId, 'desc')) ?? 0;
		for (const some of chunks(tracks)) {
			const rows = some.map(({ id, title, artist }): Item => ({
				id: newId(),
				playlist_id: playlistId,
				position: (position += GAP),
				track_id: id,
				...{ title, artist, version },
				added_at: now,
				removed_at: null
			}));
			await this.#db.insertInto('playlist_item').values(rows).execute();
			ids.push(...rows.map(({ id }) => id));
		}
		return ids;
	}

	/** Takes items out, or puts them back where they were. */
	async mark(
		ids: readonly string[],
		{ version, removedAt }: { version: number; removedAt: number | null }
	): Promise<void> {
		for (const some of chunks(ids)) {
			await this.#db
				.updateTable('playlist_item')
				.set({ removed_at: removedAt, version })
				.where('id', 'in', some)
				.execute();
		}
	}

	/** Puts an item behind another, or at the beginning. */
	async move(
		playlistId: string,
		{ itemId, after }: { itemId: string; after: string | null },
		version: number
	): Promise<void> {
		let position = await this.#between(playlistId, itemId, after);
		if (position === null) {
			await this.#spread(playlistId);
			position = (await this.#between(playlistId, itemId, after)) ?? 0;
		}
		await this.#db
			.updateTable('playlist_item')
			.set({ position, version })
			.where('id', '=', itemId)
			.execute();
	}

	/** A part of a playlist. What its viewer may not see is said to be gone to the keeper, and left out for others. */
	async page(
		playlistId: string,
		viewer: Person | null,
		{ limit, cursor, isOwn }: { limit: number; cursor: string | null; isOwn: boolean }
	): Promise<{ items: PlaylistItem[]; next: string | null }> {
		const after = placeOf(cursor);
		const rows = await this.#inOrder(playlistId, after)
			.select(['id', 'position', 'track_id', 'title', 'artist'])
			.limit(limit + 1)
			.execute();
		const shown = rows.slice(0, limit);
		const last = shown.at(-1);
		const found = await new Tracks(this.#db).byIds(
			[...new Set(shown.map(({ track_id }) => track_id))],
			viewer
		);
		return {
			items: shown.flatMap(({ id, track_id, title, artist }) => {
				const track = found.get(track_id) ?? null;
				// A playlist is a list: what is only for those who have its link is in nobody else's.
				const isShown = isOwn || track?.visibility === 'public';
				return isShown ? [{ id, track, title, artist }] : [];
			}),
			next: rows.length > limit && last ? cursorOf({ at: last.position, id: last.id }) : null
		};
	}

	/** Covers of the first items that have different ones: what everybody sees, and the viewer's own. */
	async covers(playlistId: string, viewer: Person | null): Promise<string[]> {
		const first = this.#inOrder(playlistId, null).select('track_id').limit(LOOKED_AT).as('first');
		const rows = await this.#db
			.selectFrom(first)
			.innerJoin('track', 'track.id', 'first.track_id')
			.leftJoin('release', 'release.id', 'track.release_id')
			.select(sql<string | null>`coalesce(track.cover_hash, release.cover_hash)`.as('hash'))
			.where((where) =>
				isListedFor(viewer)(where as unknown as Parameters<ReturnType<typeof isListedFor>>[0])
			)
			.execute();
		const hashes = new Set(rows.flatMap(({ hash }) => hash ?? []));
		return [...hashes].slice(0, COVERS).map(coverUrl);
	}

	/** Where there is room: null when neighbours stand too close. */
	async #between(playlistId: string, itemId: string, after: string | null): Promise<number | null> {
		if (after === null) {
			const first = await this.#edge(playlistId, 'asc');
			return (first ?? 0) - GAP;
		}
		const anchor = await this.#db
			.selectFrom('playlist_item')
			.select(['position as at', 'id'])
			.where('id', '=', after)
			.executeTakeFirstOrThrow();
		const next = await this.#inOrder(playlistId, anchor)
			.select('position')
			.where('id', '<>', itemId)
			.limit(1)
			.executeTakeFirst();
		if (!next) return anchor.at + GAP;
		const middle = Math.floor((anchor.at + next.position) / 2);
		return middle > anchor.at ? middle : null;
	}

	/** Gives each its room again; the order stays, for what was removed too. */
	async #spread(playlistId: string): Promise<void> {
		await sql`
			update playlist_item set position = ordered.n * ${GAP}
			from (
				select id, row_number() over (order by position, id) as n
				from playlist_item where playlist_id = ${playlistId}
			) as ordered
			where ordered.id = playlist_item.id
		`.execute(this.#db);
	}

	async #edge(playlistId: string, direction: 'asc' | 'desc'): Promise<number | null> {
		const row = await this.#db
			.selectFrom('playlist_item')
			.select('position')
			.where('playlist_id', '=', playlistId)
			.where('removed_at', 'is', null)
			.orderBy('position', direction)
			.limit(1)
			.executeTakeFirst();
		return row?.position ?? null;
	}

	#inOrder(playlistId: string, after: { at: number; id: string } | null) {
		return this.#db
			.selectFrom('playlist_item')
			.where('playlist_id', '=', playlistId)
			.where('removed_at', 'is', null)
			.$if(after !== null, (query) =>
				query.where(({ eb, refTuple, tuple }) =>
					eb(refTuple('position', 'id'), '>', tuple(after?.at ?? 0, after?.id ?? ''))
				)
			)
			.orderBy('position')
			.orderBy('id');
	}
}

function chunks<T>(all: readonly T[]): T[][] {
	return Array.from({ length: Math.ceil(all.length / CHUNK) }, (_, at) =>
		all.slice(at * CHUNK, (at + 1) * CHUNK)
	);
}
