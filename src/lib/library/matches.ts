import * as v from 'valibot';
import { ask } from '#contracts/ask';
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
	const answer = await ask(fetching, 'POST', url, { fields });
	return v.parse(DescribeUploads, await answer.json()).uploads;
}

export async function refuseMatch(releaseId: string, fetching: typeof fetch = fetch) {
	await ask(fetching, 'DELETE', `/api/releases/${releaseId}/match`);
}
