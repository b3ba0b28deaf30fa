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

interface PlaylistsOptions {
	catalogue: Pick<Catalogue, 'transaction' | 'playlists'>;
	live: Pick<Live, 'say'>;
	now?: () => number;
}

type Items = Awaited<ReturnType<Nouns['playlistItems']['among']>>;

export type Playlists = ReturnType<typeof createPlaylists>;

/** How playlists change when several people, or one with several tabs, change them at once. */
export function createPlaylists({ catalogue, live, now = Date.now }: PlaylistsOptions) {
	/** @throws Problem not_found for others', unknown and deleted ones alike */
	async function own(nouns: Nouns, person: Person, id: string): Promise<StoredPlaylist> {
		const playlist = await nouns.playlists.ownedBy(person.id, id);
		if (!playlist || playlist.deleted_at !== null) throw new Problem('not_found');
		return playlist;
	}

	async function tell(nouns: Nouns, personId: string, playlistId: string, version: number) {
		await live.say(personId, { type: 'playlist_changed', playlistId, version }, nouns);
	}

	/** Everything of a change, in one transaction. */
	async function apply(
		nouns: Nouns,
		person: Person,
		{ id, change }: { id: string; change: PlaylistChange }
	): Promise<PlaylistChanged> {
		const playlist = await own(nouns, person, id);
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
		if (!does) return { version: playlist.version, base: playlist.version, added: [] };

		await nouns.playlistItems.mark(gone, { version, removedAt: now() });
		await nouns.playlistItems.mark(back, { version, removedAt: null });
		for (const each of move) await nouns.playlistItems.move(id, each, version);
		const itemIds = await nouns.playlistItems.append(id, tracks, { version, now: now() });
		await nouns.playlists.set(id, { ...columns, version, item_count: count, changed_at: now() });
		await tell(nouns, person.id, id, version);
		return {
			version,
			base: playlist.version,
			added: itemIds.map((itemId, at) => ({ itemId, trackId: tracks[at]?.id ?? '' }))
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
			{ name, text, visibility }: NewPlaylist
		): Promise<{ id: string; slug: string; version: number }> {
			const made = await catalogue.transaction(async (nouns) => {
				const added = await nouns.playlists.add(
					{ person_id: person.id, name, text, visibility },
					now()
				);
				if (added) await tell(nouns, person.id, added.id, added.version);
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
			const { add = [], ...rest } = change;
			const first = await catalogue.transaction(async (nouns) => {
				const playlist = await own(nouns, person, id);
				if (playlist.item_count + add.length > MAX_PLAYLIST_ITEMS + (rest.remove?.length ?? 0)) {
					throw new Problem('playlist_full');
				}
				// Of many some may be gone; who adds one is told.
				if (add.length === 1 && (await visible(nouns, person, add)).length === 0) {
					throw new Problem('not_found');
				}
				const change = add.length > 0 ? { ...rest, add: add.slice(0, ADDED_AT_ONCE) } : rest;
				return apply(nouns, person, { id, change });
			});
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
			return { version, base: first.base, added };
		},

		/** Gone for everybody; its keeper may have it back for thirty days. @throws Problem not_found */
		remove: (person: Person, id: string): Promise<void> =>
			catalogue.transaction(async (nouns) => {
				const { version } = await own(nouns, person, id);
				await nouns.playlists.set(id, { deleted_at: now(), version: version + 1 });
				await tell(nouns, person.id, id, version + 1);
			}),

		/** @throws Problem not_found */
		restore: (person: Person, id: string): Promise<void> =>
			catalogue.transaction(async (nouns) => {
				const playlist = await nouns.playlists.ownedBy(person.id, id);
				if (!playlist) throw new Problem('not_found');
				if (playlist.deleted_at === null) return;
				const version = playlist.version + 1;
				await nouns.playlists.set(id, { deleted_at: null, version });
				await tell(nouns, person.id, id, version);
			}),

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

/** What it says anew of the playlist itself. */
function described(
	playlist: StoredPlaylist,
	{ name, text, visibility }: PlaylistChange,
	version: number
): Partial<StoredPlaylist> {
	return {
		...(name !== undefined && name !== playlist.name && { name, name_version: version }),
		...(text !== undefined && text !== playlist.text && { text, text_version: version }),
		...(visibility !== undefined &&
			visibility !== playlist.visibility && { visibility, visibility_version: version })
	};
}

function unique(ids: readonly string[]): string[] {
	return [...new Set(ids)];
}
