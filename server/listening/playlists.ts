import { setImmediate } from 'node:timers/promises';
import type { Person } from '#contracts/account';
import {
	MAX_PLAYLIST_ITEMS,
	type NewPlaylist,
	type PlaylistChange,
	type PlaylistChanged
} from '#contracts/playlist';
import { Problem } from '#contracts/problem';
import type { Catalogue, Nouns } from '../catalogue/catalogue.ts';
import type { StoredPlaylist } from '../catalogue/playlists.ts';
import type { Live } from '../live/live.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const KEEP_DELETED_MS = 30 * DAY_MS;
const KEEP_REMOVED_MS = DAY_MS;
/** Tracks that one transaction adds: pages are served in between. */
const ADDED_AT_ONCE = 500;

/** What a change says of the playlist itself. */
const OF_KEEPER = ['name', 'text', 'visibility', 'isOpen'] as const;

interface PlaylistsOptions {
	catalogue: Pick<Catalogue, 'transaction' | 'playlists'>;
	live: Pick<Live, 'say'>;
	now?: () => number;
}

type Items = Awaited<ReturnType<Nouns['playlistItems']['among']>>;

type Told = Pick<StoredPlaylist, 'id' | 'person_id' | 'is_open' | 'visibility'>;

const isForOthers = ({ is_open, visibility }: Told) => is_open === 1 && visibility !== 'private';

export type Playlists = ReturnType<typeof createPlaylists>;

/** How playlists change when several people, or one with several tabs, change them at once. */
export function createPlaylists({ catalogue, live, now = Date.now }: PlaylistsOptions) {
	/** @throws Problem not_found for others', unknown and deleted ones alike */
	async function own(nouns: Nouns, person: Person, id: string): Promise<StoredPlaylist> {
		const playlist = await nouns.playlists.ownedBy(person.id, id);
		if (!playlist || playlist.deleted_at !== null) throw new Problem('not_found');
		return playlist;
	}

	/**
	 * Told is who has it among their own: that it is there is nobody else's business. Those who joined hear that it is
	 * closed, and nothing after that.
	 */
	async function tell(
		nouns: Nouns,
		before: Told,
		{ version, ...after }: Partial<Told> & { version: number }
	) {
		const { id, person_id } = before;
		const concernsAll = isForOthers(before) || isForOthers({ ...before, ...after });
		const members = concernsAll ? await nouns.playlists.members(id) : [];
		for (const personId of [person_id, ...members]) {
			await live.say(personId, { type: 'playlist_changed', playlistId: id, version }, nouns);
		}
	}

	/** @throws Problem not_found; forbidden for what only its keeper may change */
	async function changeable(
		nouns: Nouns,
		person: Person,
		{ id, change }: { id: string; change: Partial<PlaylistChange> }
	): Promise<StoredPlaylist> {
		const playlist = await nouns.playlists.changeableBy(person.id, id);
		if (!playlist) throw new Problem('not_found');
		const isOfKeeper = OF_KEEPER.some((key) => change[key] !== undefined);
		if (isOfKeeper && playlist.person_id !== person.id) throw new Problem('forbidden');
		return playlist;
	}

	/** Everything of a change, in one transaction. */
	async function apply(
		nouns: Nouns,
		person: Person,
		{ id, change }: { id: string; change: PlaylistChange }
	): Promise<PlaylistChanged> {
		const playlist = await changeable(nouns, person, { id, change });
		const { remove = [], restore = [], move = [] } = change;
		const named = [...remove, ...restore, ...move.flatMap(({ itemId, after }) => [itemId, after])];
		const items = await nouns.playlistItems.among(
			id,
			[...new Set(named)].filter((itemId) => itemId !== null)
		);
		if (contradicts(playlist, change, items)) throw new Problem('playlist_changed');

		const version = playlist.version + 1;
		const gone = unique(remove).filter((itemId) => items.get(itemId)?.removed_at === null);
		const back = unique(restore).filter((itemId) => items.get(itemId)?.removed_at != null);
		const tracks = await visible(nouns, person, change.add ?? []);
		const count = playlist.item_count - gone.length + back.length + tracks.length;
		if (count > MAX_PLAYLIST_ITEMS && count > playlist.item_count) {
			throw new Problem('playlist_full');
		}
		const columns = described(playlist, change, version);
		const does =
			gone.length + back.length + move.length + tracks.length + Object.keys(columns).length > 0;
		if (!does) return unchanged(playlist);

		await nouns.playlistItems.mark(gone, { version, removedAt: now() });
		await nouns.playlistItems.mark(back, { version, removedAt: null });
		for (const each of move) await nouns.playlistItems.move(id, each, version);
		const itemIds = await nouns.playlistItems.append(id, tracks, { version, now: now() });
		await nouns.playlists.set(id, { ...columns, version, item_count: count, changed_at: now() });
		if (playlist.person_id !== person.id) await nouns.playlists.join(id, person.id, now());
		await tell(nouns, playlist, { ...columns, version });
		return {
			version,
			base: playlist.version,
			added: itemIds.map((itemId, at) => ({ itemId, trackId: tracks[at]?.id ?? '' })),
			there: []
		};
	}

	/** Those that are there for this person. */
	async function visible(nouns: Nouns, person: Person, trackIds: readonly string[]) {
		const found = await nouns.tracks.byIds(unique(trackIds), person);
		return trackIds.flatMap((trackId) => found.get(trackId) ?? []);
	}

	return {
		/** @throws Problem quota_exceeded for somebody who keeps too many */
		async create(
			person: Person,
			{ name, text, visibility, isOpen = false }: Omit<NewPlaylist, 'isOpen'> & { isOpen?: boolean }
		): Promise<{ id: string; slug: string; version: number }> {
			const made = await catalogue.transaction(async (nouns) => {
				const row = { person_id: person.id, name, text, visibility, is_open: isOpen ? 1 : 0 };
				const added = await nouns.playlists.add(row, now());
				if (added) await tell(nouns, { ...row, id: added.id }, added);
				return added;
			});
			if (!made) throw new Problem('quota_exceeded');
			return made;
		},

		/**
		 * @throws Problem not_found; playlist_changed when others did what this contradicts, and then nothing is
		 * written; playlist_full
		 */
		async change(person: Person, id: string, change: PlaylistChange): Promise<PlaylistChanged> {
			const { add = [], once = false, ...rest } = change;
			const first = await catalogue.transaction(async (nouns) => {
				const playlist = await changeable(nouns, person, { id, change });
				const there = once ? await nouns.playlistItems.holding(id, unique(add)) : [];
				if (there.length > 0) return unchanged(playlist, there);
				if (playlist.item_count + add.length > MAX_PLAYLIST_ITEMS + (rest.remove?.length ?? 0)) {
					throw new Problem('playlist_full');
				}
				// Of many some may be gone; who adds one is told.
				if (add.length === 1 && (await visible(nouns, person, add)).length === 0) {
					throw new Problem('not_found');
				}
				const part = add.length > 0 ? { ...rest, add: add.slice(0, ADDED_AT_ONCE) } : rest;
				return apply(nouns, person, { id, change: part });
			});
			if (first.there.length > 0) return first;
			let { version } = first;
			const added = [...first.added];
			for (let at = ADDED_AT_ONCE; at < add.length; at += ADDED_AT_ONCE) {
				await setImmediate();
				const some = { version, add: add.slice(at, at + ADDED_AT_ONCE) };
				const next = await catalogue.transaction((nouns) =>
					apply(nouns, person, { id, change: some })
				);
				version = next.version;
				added.push(...next.added);
			}
			return { version, base: first.base, added, there: [] };
		},

		/** Gone for everybody; its keeper may have it back for thirty days. @throws Problem not_found */
		remove: (person: Person, id: string): Promise<void> =>
			catalogue.transaction(async (nouns) => {
				const playlist = await own(nouns, person, id);
				const version = playlist.version + 1;
				await nouns.playlists.set(id, { deleted_at: now(), version });
				await tell(nouns, playlist, { version });
			}),

		/** @throws Problem not_found */
		restore: (person: Person, id: string): Promise<void> =>
			catalogue.transaction(async (nouns) => {
				const playlist = await nouns.playlists.ownedBy(person.id, id);
				if (!playlist) throw new Problem('not_found');
				if (playlist.deleted_at === null) return;
				const version = playlist.version + 1;
				await nouns.playlists.set(id, { deleted_at: null, version });
				await tell(nouns, playlist, { version });
			}),

		/** An open one of somebody else, among this person's own from now on. @throws Problem not_found */
		join: (person: Person, id: string): Promise<void> =>
			catalogue.transaction(async (nouns) => {
				const playlist = await changeable(nouns, person, { id, change: {} });
				if (playlist.person_id !== person.id) await nouns.playlists.join(id, person.id, now());
			}),

		/** Whether or not it was joined, or is there. */
		leave: (person: Person, id: string): Promise<void> => catalogue.playlists.leave(id, person.id),

		sweep: () => catalogue.playlists.forget(now() - KEEP_DELETED_MS, now() - KEEP_REMOVED_MS)
	};
}

/**
 * Whether a change says something of what others changed after its version: another name for what has a new one, a
 * place behind something that moved. To add, to take out and to put back contradict nothing.
 */
function contradicts(playlist: StoredPlaylist, change: PlaylistChange, items: Items): boolean {
	const { version } = change;
	if (version > playlist.version) return true;
	const isNewer = (key: 'name' | 'text' | 'visibility') =>
		change[key] !== undefined &&
		change[key] !== playlist[key] &&
		playlist[`${key}_version`] > version;
	if (isNewer('name') || isNewer('text') || isNewer('visibility')) return true;
	if (opens(playlist, change) && playlist.is_open_version > version) return true;
	// What this change itself puts back stands where it stood.
	const restored = new Set(change.restore);
	const removed = new Set(change.remove);
	const stands = (itemId: string) => {
		const item = items.get(itemId);
		if (!item || removed.has(itemId)) return false;
		return (item.removed_at === null && item.version <= version) || restored.has(itemId);
	};
	return (change.move ?? []).some(
		({ itemId, after }) => !stands(itemId) || (after !== null && !stands(after))
	);
}

const unchanged = ({ version }: StoredPlaylist, there: string[] = []): PlaylistChanged => ({
	...{ version, base: version, added: [], there }
});

/** What it says anew of the playlist itself. */
function described(
	playlist: StoredPlaylist,
	change: PlaylistChange,
	version: number
): Partial<StoredPlaylist> {
	const { name, text, visibility, isOpen } = change;
	return {
		...(opens(playlist, change) && { is_open: isOpen ? 1 : 0, is_open_version: version }),
		...(name !== undefined && name !== playlist.name && { name, name_version: version }),
		...(text !== undefined && text !== playlist.text && { text, text_version: version }),
		...(visibility !== undefined &&
			visibility !== playlist.visibility && { visibility, visibility_version: version })
	};
}

/** Whether it says anew who may change it. */
const opens = (playlist: StoredPlaylist, { isOpen }: PlaylistChange) =>
	isOpen !== undefined && isOpen !== (playlist.is_open === 1);

function unique(ids: readonly string[]): string[] {
	return [...new Set(ids)];
}
