import * as v from 'valibot';
import { Problem, problemCode } from '#contracts/problem';
import { DescribeUploads } from '#contracts/upload';

/** Has a release looked up at MusicBrainz. The answer comes later: read it, or wait for its news. */
export async function askForMatch(releaseId: string, fetching: typeof fetch = fetch) {
	await ask(fetching, 'POST', `/api/releases/${releaseId}/match`);
}

/** @returns what undoes it, said of the same uploads */
export async function acceptMatch(
	releaseId: string,
	fields: readonly string[],
	fetching: typeof fetch = fetch
): Promise<DescribeUploads['uploads']> {
	const url = `/api/releases/${releaseId}/match/accept`;
	return v.parse(DescribeUploads, await ask(fetching, 'POST', url, { fields })).uploads;
}

export async function refuseMatch(releaseId: string, fetching: typeof fetch = fetch) {
	await ask(fetching, 'DELETE', `/api/releases/${releaseId}/match`);
}

async function ask(fetching: typeof fetch, method: string, url: string, body?: unknown) {
	const response = await fetching(url, {
		method,
		...(body !== undefined && {
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify(body)
		})
	});
	const answer = (await response.json().catch(() => null)) as unknown;
	if (!response.ok) throw new Problem(problemCode(answer) ?? 'unexpected');
	return answer;
}
