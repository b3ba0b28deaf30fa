import * as v from 'valibot';
import { request } from '#contracts/ask';
import {
	PlaylistChanged,
	PlaylistList,
	PlaylistPage,
	type NewPlaylist,
	type Playlist,
	type PlaylistChange
} from '#contracts/playlist';
import { Problem, problemCode } from '#contracts/problem';

const NewlyMade = v.object({ id: v.string(), slug: v.string(), version: v.number() });

/** Somebody else was there first: how the playlist stands now. */
export class ChangedElsewhere extends Problem {
	readonly current: PlaylistPage;

	constructor(current: PlaylistPage) {
		super('playlist_changed');
		this.current = current;
	}
}

export type KeepingApi = ReturnType<typeof createKeepingApi>;

/** What people keep, as the portal is asked for it. Each throws a Problem, or the network's own error. */
export function createKeepingApi({
	fetch = (...asked) => globalThis.fetch(...asked)
}: { fetch?: typeof globalThis.fetch } = {}) {
	async function ask(path: string, method = 'GET', body?: unknown): Promise<Response> {
		const response = await request(fetch, method, path, body);
		if (response.ok) return response;
		const problem: unknown = await response.json().catch(() => null);
		const code = problemCode(problem) ?? 'unexpected';
		if (code === 'playlist_changed') {
			const { current } = v.parse(v.object({ current: PlaylistPage }), problem);
			throw new ChangedElsewhere(current);
		}
		throw new Problem(code);
	}

	const among =
		<Key extends 'liked' | 'followed'>(path: string, key: Key) =>
		async (ids: readonly string[]): Promise<string[]> => {
			const answer = await ask(`${path}?ids=${ids.join(',')}`);
			const Answer = v.object({ [key]: v.array(v.string()) });
			return v.parse(Answer, await answer.json())[key] ?? [];
		};

	return {
		/** Which of these tracks are liked; at most 200. */
		liked: among('/api/likes', 'liked'),
		/** Which of these artists are followed; at most 200. */
		followed: among('/api/follows', 'followed'),

		async like(trackId: string, isLiked: boolean): Promise<void> {
			await ask(`/api/likes/${trackId}`, isLiked ? 'PUT' : 'DELETE');
		},

		async follow(artistId: string, isFollowed: boolean): Promise<void> {
			await ask(`/api/follows/${artistId}`, isFollowed ? 'PUT' : 'DELETE');
		},

		/** What is new from followed artists was looked at. */
		async seeNews(): Promise<void> {
			await ask('/api/follows/seen', 'POST');
		},

		/** Own ones and those that were joined, changed last first. */
		async playlists(): Promise<Playlist[]> {
			const answer = await ask('/api/playlists?limit=200');
			return v.parse(PlaylistList, await answer.json()).playlists;
		},

		async playlist(id: string, cursor: string | null): Promise<PlaylistPage> {
			const part = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
			return v.parse(PlaylistPage, await (await ask(`/api/playlists/${id}${part}`)).json());
		},

		async create(playlist: Omit<NewPlaylist, 'text' | 'isOpen'>) {
			return v.parse(NewlyMade, await (await ask('/api/playlists', 'POST', playlist)).json());
		},

		/** @throws ChangedElsewhere */
		async change(id: string, change: PlaylistChange): Promise<PlaylistChanged> {
			const answer = await ask(`/api/playlists/${id}`, 'PATCH', change);
			return v.parse(PlaylistChanged, await answer.json());
		},

		async remove(id: string): Promise<void> {
			await ask(`/api/playlists/${id}`, 'DELETE');
		},

		/** An open playlist of somebody else: among one's own, or not any more. */
		async join(id: string, joins: boolean): Promise<void> {
			await ask(`/api/playlists/${id}/membership`, joins ? 'PUT' : 'DELETE');
		},

		async restore(id: string): Promise<void> {
			await ask(`/api/playlists/${id}/restore`, 'POST');
		},

		async clearHistory(): Promise<void> {
			await ask('/api/history', 'DELETE');
		},

		async keepHistory(keeps: boolean): Promise<void> {
			await ask('/api/history', 'PATCH', { keeps });
		}
	};
}
