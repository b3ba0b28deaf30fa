import type { ArtistChanges } from '#contracts/artist';
import { problemIn } from '#contracts/problem';
import type { ReleaseChanges } from '#contracts/release';

/** @throws Problem */
export function changeArtist(
	id: string,
	changes: ArtistChanges,
	fetching: typeof fetch = fetch
): Promise<void> {
	return patch(`/api/artists/${encodeURIComponent(id)}`, changes, fetching);
}

/** @throws Problem */
export function changeRelease(
	id: string,
	changes: ReleaseChanges,
	fetching: typeof fetch = fetch
): Promise<void> {
	return patch(`/api/releases/${encodeURIComponent(id)}`, changes, fetching);
}

async function patch(path: string, body: unknown, fetching: typeof fetch): Promise<void> {
	const response = await fetching(path, {
		method: 'PATCH',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body)
	});
	if (!response.ok) throw await problemIn(response);
}
