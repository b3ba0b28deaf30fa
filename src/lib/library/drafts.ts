import * as v from 'valibot';
import { ask } from '#contracts/ask';
import { problemIn } from '#contracts/problem';
import { DraftUploads, MAX_BATCH, StoredCover, type Description } from '#contracts/upload';

/** Says something about tracks, by the uploads they came from. */
export async function describeUploads(
	uploads: readonly { id: string; description: Description }[],
	fetching: typeof fetch = fetch
): Promise<void> {
	for (const some of batches(uploads)) {
		await ask(fetching, 'PATCH', '/api/uploads', { uploads: some });
	}
}

/** Makes tracks public as soon as they play, or drafts again. */
export async function publishUploads(
	ids: readonly string[],
	publish: boolean,
	fetching: typeof fetch = fetch
): Promise<void> {
	for (const some of batches(ids)) {
		await ask(fetching, 'POST', '/api/uploads/publish', { ids: some, publish });
	}
}

/** Uploads whose tracks play for their artist alone, by their ids; not those that were kept back. */
export async function fetchDrafts(fetching: typeof fetch = fetch): Promise<string[]> {
	const answer = await ask(fetching, 'GET', '/api/uploads/drafts');
	return v.parse(DraftUploads, await answer.json()).ids;
}

/** Gives the portal a picture, which may then be the cover of tracks. */
export async function storeCover(
	picture: Blob,
	fetching: typeof fetch = fetch
): Promise<StoredCover> {
	const response = await fetching('/api/covers', { method: 'POST', body: picture });
	if (!response.ok) throw await problemIn(response);
	return v.parse(StoredCover, await response.json());
}

function* batches<T>(all: readonly T[]): Generator<readonly T[]> {
	for (let at = 0; at < all.length; at += MAX_BATCH) yield all.slice(at, at + MAX_BATCH);
}
