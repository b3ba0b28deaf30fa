import * as v from 'valibot';
import { ask } from '#contracts/ask';
import { Deleted, type DeleteMusic } from '#contracts/bin';

/** Deletes tracks or a release: into the bin. */
export async function deleteMusic(
	which: DeleteMusic,
	fetching: typeof fetch = fetch
): Promise<Deleted> {
	const answer = await ask(fetching, 'POST', '/api/studio/bin', which);
	return v.parse(Deleted, await answer.json());
}

/** Puts back what was deleted together. */
export async function putBack(entryId: string, fetching: typeof fetch = fetch): Promise<void> {
	await ask(fetching, 'POST', `/api/studio/bin/${entryId}/restore`);
}
