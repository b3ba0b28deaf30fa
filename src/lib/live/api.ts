import * as v from 'valibot';
import { LiveMessage } from '#contracts/live';
import { Problem } from '#contracts/problem';

/** Longer than the edge waits for a server that restarts. */
const TIMEOUT_MS = 15_000;

/** What the socket would say, asked for once. Throws the problem `unauthorized` when nobody is signed in. */
export async function pollLive(
	since: number | null,
	signal: AbortSignal,
	fetching: typeof fetch = fetch
): Promise<LiveMessage> {
	const response = await fetching(since === null ? '/api/live' : `/api/live?since=${since}`, {
		cache: 'no-store',
		signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
	});
	if (response.status === 401) throw new Problem('unauthorized');
	if (!response.ok) throw new Error(`live: ${response.status}`);
	return v.parse(LiveMessage, await response.json());
}
