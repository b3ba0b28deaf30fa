import { ask } from '#contracts/ask';
import * as v from 'valibot';

/** The most that one change of a playlist takes along. */
const MOST_TRACKS = 500;

const Version = v.object({ version: v.number() });
const NewPlaylist = v.object({ id: v.string(), version: v.number() });

type Fetch = typeof globalThis.fetch;

/** The player's calls to the portal. */
export interface PlayerApi {
	/** A new list that only this person sees. @throws Problem */
	savePlaylist(name: string, trackIds: readonly string[]): Promise<void>;
}

export function createPlayerApi(
	fetch: Fetch = (...asked) => globalThis.fetch(...asked)
): PlayerApi {
	return {
		async savePlaylist(name, trackIds) {
			const made = await ask(fetch, 'POST', '/api/playlists', { name, visibility: 'private' });
			const { id, version: first } = v.parse(NewPlaylist, await made.json());
			let version = first;
			for (let at = 0; at < trackIds.length; at += MOST_TRACKS) {
				const add = trackIds.slice(at, at + MOST_TRACKS);
				const path = `/api/playlists/${encodeURIComponent(id)}`;
				const changed = await ask(fetch, 'PATCH', path, { version, add });
				({ version } = v.parse(Version, await changed.json()));
			}
		}
	};
}
