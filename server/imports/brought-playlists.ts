import type { Person } from '#contracts/account';
import {
	MAX_PLAYLIST_ITEMS,
	MAX_PLAYLIST_NAME,
	MAX_PLAYLIST_TEXT,
	PLAYLIST_PAGE
} from '#contracts/playlist';
import { Problem } from '#contracts/problem';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { StoredImport } from '../catalogue/imports.ts';
import type { Playlists } from '../listening/playlists.ts';
import type { Log } from '../ops/log.ts';
import { mergePlaylist, type MergedItem } from './playlist-merge.ts';
import type { ListedPlaylist } from './items.ts';
import type { OpenSource } from './source.ts';

/** Of one change; see PlaylistChange. */
const MOVES = 200;

interface BroughtPlaylistsOptions {
	catalogue: Pick<Catalogue, 'imports' | 'importPlaylists' | 'playlists'>;
	/** Changes playlists as their keeper would, with versions. */
	playlists: Pick<Playlists, 'create' | 'change'>;
	log: Log;
}

export type BroughtPlaylists = ReturnType<typeof createBroughtPlaylists>;

/** Playlists of sources, kept as playlists of the person who imports; nobody else sees them until they say so. */
export function createBroughtPlaylists(options: BroughtPlaylistsOptions) {
	const { catalogue, playlists, log } = options;

	/** @returns whether it is here */
	async function bring(row: StoredImport, person: Person, listed: ListedPlaylist) {
		const { personId, place } = row;
		const origin = { personId, place, sourceId: listed.sourceId };
		const found = await catalogue.importPlaylists.tracksOf(origin, [...new Set(listed.items)]);
		const wanted = listed.items
			.flatMap((sourceId) => found.get(sourceId) ?? [])
			.slice(0, MAX_PLAYLIST_ITEMS);
		const name = listed.name.trim().slice(0, MAX_PLAYLIST_NAME) || 'Playlist';
		const before = await catalogue.importPlaylists.of(origin);
		const made = before ?? (await create(person, { ...listed, name }));
		// Written down at once: what ends here goes on with this one.
		if (!before) await catalogue.importPlaylists.keep(origin, made);
		await update(person, made, { name, wanted });
		const { playlistId } = made;
		await catalogue.importPlaylists.keep(origin, { playlistId, name, tracks: wanted });
	}

	async function create(person: Person, { name, text }: { name: string; text?: string }) {
		const { id } = await playlists.create(person, {
			...{ name, visibility: 'private' },
			text: (text ?? '').trim().slice(0, MAX_PLAYLIST_TEXT)
		});
		return { playlistId: id, name, tracks: [] };
	}

	async function update(
		person: Person,
		{ playlistId, name: oldName, tracks }: { playlistId: string; name: string; tracks: string[] },
		{ name, wanted }: { name: string; wanted: string[] }
	) {
		const here = await read(person, playlistId);
		// Who renamed it here keeps the name.
		const isRenamed = name !== oldName && here.name === oldName;
		const merge = mergePlaylist({ brought: tracks, wanted, current: here.items });
		const { remove, add } = merge;
		let { version } = here;
		let added: MergedItem[] = [];
		if (isRenamed || remove.length + add.length > 0) {
			const change = { version, remove, add, ...(isRenamed && { name }) };
			({ version, added } = await playlists.change(person, playlistId, change));
		}
		const moves = merge.moves(added);
		for (let at = 0; at < moves.length; at += MOVES) {
			const move = moves.slice(at, at + MOVES);
			({ version } = await playlists.change(person, playlistId, { version, move }));
		}
	}

	/** @throws Problem not_found when its keeper deleted it */
	async function read(person: Person, id: string) {
		const items: MergedItem[] = [];
		for (let cursor: string | null = null; ;) {
			const page = await catalogue.playlists.read({ id }, person, { limit: PLAYLIST_PAGE, cursor });
			if (!page) throw new Problem('not_found');
			items.push(...page.items.map(({ id, track }) => ({ itemId: id, trackId: track?.id ?? '' })));
			cursor = page.next;
			if (cursor === null) return { version: page.version, name: page.name, items };
		}
	}

	return {
		/** All of a source, once its music is here. May be repeated: what is the same stays. */
		async bringAll(row: StoredImport, person: Person, source: OpenSource): Promise<void> {
			let count = 0;
			for await (const listed of source.playlists?.() ?? []) {
				try {
					await bring(row, person, listed);
					count += 1;
				} catch (error) {
					// Deleted here, changed at this moment, or too many: the others come all the same.
					if (!(error instanceof Problem)) throw error;
					log.info('playlist not brought', { importId: row.id, code: error.code });
				}
			}
			if (count > 0) await catalogue.imports.countPlaylists(row.id, count);
		}
	};
}
