import type { Track } from '#contracts/track';

/** More than this nobody listens to in one go, and each is one request. */
const MOST = 50;

/** Tracks by their ids, in that order; those that are not there any more are left out. */
export async function fetchTracks(
	ids: readonly string[],
	fetching: typeof fetch = fetch
): Promise<Track[]> {
	const { parseTrack } = await import('./parse-track.ts'); // pages bring their own tracks: most never ask
	const answers = await Promise.allSettled(
		ids.slice(0, MOST).map(async (id) => {
			const response = await fetching(`/api/tracks/${encodeURIComponent(id)}`);
			if (!response.ok) throw new Error(`track ${id}: ${response.status}`);
			return parseTrack(await response.json());
		})
	);
	return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}

/** Those of these tracks that the portal does not give any more; where it does not answer they are not among them. */
export async function goneAmong(
	ids: readonly string[],
	fetching: typeof fetch = fetch
): Promise<string[]> {
	const gone: string[] = [];
	for (const id of ids) {
		const response = await fetching(`/api/tracks/${encodeURIComponent(id)}`).catch(() => null);
		if (response?.status === 404) gone.push(id);
	}
	return gone;
}
