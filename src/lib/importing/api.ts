import * as v from 'valibot';
import { ask } from '#contracts/ask';
import {
	ImportItems,
	ImportList,
	StartedImport,
	type ChangeImport,
	type ImportFailure,
	type ImportOrder
} from '#contracts/import';
import { ImportChoices, SourceRefused, type AskChoices } from '#contracts/import-choices';
import { Problem, problemCode } from '#contracts/problem';

/** @throws Problem import_running when this place is imported already */
export async function startImport(
	order: ImportOrder,
	fetching: typeof fetch = fetch
): Promise<StartedImport> {
	const answer = await ask(fetching, 'POST', '/api/imports', order);
	return v.parse(StartedImport, await answer.json());
}

export async function fetchImports(fetching: typeof fetch = fetch): Promise<ImportList> {
	const answer = await ask(fetching, 'GET', '/api/imports');
	return v.parse(ImportList, await answer.json());
}

export async function changeImport(
	id: string,
	change: ChangeImport,
	fetching: typeof fetch = fetch
): Promise<void> {
	await ask(fetching, 'PATCH', `/api/imports/${id}`, change);
}

/** What of an import failed, from the item `after` on. */
export async function fetchFailed(
	id: string,
	after: number,
	fetching: typeof fetch = fetch
): Promise<ImportItems> {
	const url = `/api/imports/${id}/items?state=failed&after=${after}`;
	const answer = await ask(fetching, 'GET', url);
	return v.parse(ImportItems, await answer.json());
}

/** What there is to choose from at another server, or why it says nothing. @throws Problem */
export async function fetchChoices(
	asked: AskChoices,
	signal: AbortSignal,
	fetching: typeof fetch = fetch
): Promise<ImportChoices | { failed: ImportFailure }> {
	const response = await fetching('/api/imports/choices', {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify(asked),
		signal
	});
	const answer = (await response.json().catch(() => null)) as unknown;
	if (response.ok) return v.parse(ImportChoices, answer);
	const { success, output } = v.safeParse(SourceRefused, answer);
	if (success) return { failed: output.reason };
	throw new Problem(problemCode(answer) ?? 'unexpected');
}
