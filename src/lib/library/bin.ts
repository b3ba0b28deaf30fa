import * as v from 'valibot';
import { Deleted, type DeleteMusic } from '#contracts/bin';
import { Problem, problemCode } from '#contracts/problem';

/** Deletes tracks or a release: into the bin. */
export async function deleteMusic(
	which: DeleteMusic,
	fetching: typeof fetch = fetch
): Promise<Deleted> {
	const response = await fetching('/api/studio/bin', {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(which)
	});
	return v.parse(Deleted, await answered(response).then((ok) => ok.json()));
}

/** Puts back what was deleted together. */
export async function putBack(entryId: string, fetching: typeof fetch = fetch): Promise<void> {
	await answered(await fetching(`/api/studio/bin/${entryId}/restore`, { method: 'POST' }));
}

async function answered(response: Response): Promise<Response> {
	if (response.ok) return response;
	const code = problemCode(await response.json().catch(() => null));
	throw new Problem(code ?? 'unexpected');
}
