import type { Kysely, Selectable } from 'kysely';
import type { Person } from '#contracts/account';
import type { Playlist, PlaylistPage } from '#contracts/playlist';
import { slugOf } from '../folding.ts';
import { newId, slugSuffix } from './ids.ts';
import { cursorOf, placeOf } from './place.ts';
import { PlaylistItems } from './playlist-items.ts';
import type { Database } from './schema.ts';
import type { PlaylistTable } from './schema/playlists.ts';

/** More playlists than this nobody keeps. */
const MAX_PLAYLISTS = 1_000;

/** A playlist as it is stored. */
export type StoredPlaylist = Selectable<PlaylistTable>;

/** Lists of tracks that people keep. */
export class Playlists {
	readonly #db: Kysely<Database>;
	readonly #items: PlaylistItems;

	constructor(db: Kysely<Database>) {
		this.#db = db;
		this.#items = new PlaylistItems(db);
	}

	/** @returns null when this person keeps too many already */
	async add(
		playlist: Pick<StoredPlaylist, 'person_id' | 'name' | 'text' | 'visibility' | 'is_open'>,
		now: number
	): Promise<{ id: string; slug: string; version: number } | null> {
		const { n } = await this.#db
			.selectFrom('playlist')
			.select(({ fn }) => fn.countAll<number>().as('n'))
			.where('person_id', '=', playlist.person_id)
			.where('deleted_at', 'is', null)
			.executeTakeFirstOrThrow();
		if (n >= MAX_PLAYLISTS) return null;
		return this.#db
			.insertInto('playlist')
			.values({
				...playlist,
				id: newId(),
				slug: `${slugOf(playlist.name)}-${slugSuffix()}`,
				version: 1,
				name_version: 1,
				text_version: 1,
				visibility_version: 1,
				item_count: 0,
				created_at: now,
				changed_at: now,
				deleted_at: null
			})
			.returning(['id', 'slug', 'version'])
			.executeTakeFirstOrThrow();
	}

	/** One that this person keeps, deleted ones among them. */
	async ownedBy(personId: string, id: string): Promise<StoredPlaylist | null> {
		const row = await this.#db
			.selectFrom('playlist')
			.selectAll()
			.where('id', '=', id)
			.where('person_id', '=', personId)
			.executeTakeFirst();
		return row ?? null;
	}

	/** One that this person may change: their own, or one that is open to whoever sees it. */
	async changeableBy(personId: string, id: string): Promise<StoredPlaylist | null> {
		const row = await this.#db
			.selectFrom('playlist')
			.selectAll()
			.where('id', '=', id)
			.where('deleted_at', 'is', null)
			.where((on) =>
				on.or([
					on('person_id', '=', personId),
					on.and([on('is_open', '=', 1), on('visibility', '<>', 'private')])
				])
			)
			.executeTakeFirst();
		return row ?? null;
	}

	/** From now on among this person's own. */
	async join(id: string, personId: string, now: number): Promise<void> {
		await this.#db
			.insertInto('playlist_member')
			.values({ playlist_id: id, person_id: personId, joined_at: now })
			.onConflict((conflict) => conflict.doNothing())
			.execute();
	}

	async leave(id: string, personId: string): Promise<void> {
		await this.#db
			.deleteFrom('playlist_member')
			.where('playlist_id', '=', id)
			.where('person_id', '=', personId)
			.execute();
	}

	/** Those who joined; its keeper is not among them. */
	async members(id: string): Promise<string[]> {
		const rows = await this.#db
			.selectFrom('playlist_member')
			.select('person_id')
			.where('playlist_id', '=', id)
			.execute();
		return rows.map(({ person_id }) => person_id);
	}

	async set(id: string, columns: Partial<Omit<StoredPlaylist, 'id'>>): Promise<void> {
		await this.#db.updateTable('playlist').set(columns).where('id', '=', id).execute();
	}

	/**
	 * What a person keeps or has deleted and may have back, changed last first.
	 * @param options.joined with what others keep open and this person joined
	 */
	async page(
		person: Person,
		{
			limit,
			cursor,
			deleted = false,
			joined = false
		}: { limit: number; cursor: string | null; deleted?: boolean; joined?: boolean }
	): Promise<{ playlists: Playlist[]; next: string | null }> {
		const after = placeOf(cursor);
		const rows = await this.#rows()
			.where((on) => {
				const own = on('playlist.person_id', '=', person.id);
				if (!joined) return own;
				const open = on.and([
					on('playlist.is_open', '=', 1),
					on('playlist.visibility', '<>', 'private')
				]);
				const theirs = on('playlist.id', 'in', (members) =>
					members
						.selectFrom('playlist_member')
						.select('playlist_member.playlist_id')
						.where('playlist_member.person_id', '=', person.id)
				);
				return on.or([own, on.and([open, theirs])]);
			})
			.where('playlist.deleted_at', deleted ? 'is not' : 'is', null)
			.$if(after !== null, (query) =>
				query.where(({ eb, refTuple, tuple }) =>
					eb(
						refTuple('playlist.changed_at', 'playlist.id'),
						'<',
						tuple(after?.at ?? 0, after?.id ?? '')
					)
				)
			)
			.orderBy('playlist.changed_at', 'desc')
			.orderBy('playlist.id', 'desc')
			.limit(limit + 1)
			.execute();
		const shown = rows.slice(0, limit);
		const last = shown.at(-1);
		const playlists: Playlist[] = [];
		for (const row of shown) playlists.push(await this.#playlist(row, person));
		return {
			playlists,
			next: rows.length > limit && last ? cursorOf({ at: last.changed_at, id: last.id }) : null
		};
	}

	/** With a part of its items. Null for what this viewer may not see, whether or not it is there. */
	async read(
		by: { id: string } | { slug: string },
		viewer: Person | null,
		{ limit, cursor }: { limit: number; cursor: string | null }
	): Promise<PlaylistPage | null> {
		const row = await this.#rows()
			.where('playlist.deleted_at', 'is', null)
			.$if('id' in by, (query) => query.where('playlist.id', '=', 'id' in by ? by.id : ''))
			.$if('slug' in by, (query) => query.where('playlist.slug', '=', 'slug' in by ? by.slug : ''))
			.executeTakeFirst();
		if (!row) return null;
		const isOwn = viewer !== null && viewer.id === row.person_id;
		if (row.visibility === 'private' && !isOwn) return null;
		const part = await this.#items.page(row.id, viewer, { limit, cursor, isOwn });
		return { ...(await this.#playlist(row, viewer)), ...part };
	}

	/** Forgets what nobody may have back any more. */
	async forget(deletedBefore: number, removedBefore: number): Promise<void> {
		await this.#db.deleteFrom('playlist').where('deleted_at', '<', deletedBefore).execute();
		await this.#db.deleteFrom('playlist_item').where('removed_at', '<', removedBefore).execute();
	}

	#rows() {
		return this.#db
			.selectFrom('playlist')
			.innerJoin('person', 'person.id', 'playlist.person_id')
			.selectAll('playlist')
			.select('person.name as keeper');
	}

	async #playlist(
		row: StoredPlaylist & { keeper: string },
		viewer: Person | null
	): Promise<Playlist> {
		const isOwn = viewer?.id === row.person_id;
		const isOpenTo = viewer !== null && !isOwn && row.is_open === 1 && row.visibility !== 'private';
		return {
			id: row.id,
			slug: row.slug,
			name: row.name,
			text: row.text,
			visibility: row.visibility,
			version: row.version,
			itemCount: row.item_count,
			keeper: row.keeper,
			isOwn,
			isOpen: row.is_open === 1,
			mayChange: isOwn || isOpenTo,
			hasJoined: isOpenTo && (await this.members(row.id)).includes(viewer.id),
			coverUrls: await this.#items.covers(row.id, viewer),
			changedAt: new Date(row.changed_at).toISOString()
		};
	}
}
