/** Why a stream does not come, asked of the server: the audio element never says. */
export type Verdict = 'there' | 'gone' | 'signed_out' | 'unreachable';

/** Who does not answer in this time is not there. */
const ANSWER_MS = 5_000;

/** Asks for the first byte of a stream. */
export async function probe(url: string, fetching: typeof fetch = fetch): Promise<Verdict> {
	try {
		const { status } = await fetching(url, {
			headers: { Range: 'bytes=0-0' },
			cache: 'no-store',
			signal: AbortSignal.timeout(ANSWER_MS)
		});
		if (status === 401 || status === 403) return 'signed_out';
		if (status === 404 || status === 410) return 'gone';
		return status < 400 || status === 416 ? 'there' : 'unreachable';
	} catch {
		return 'unreachable'; // no network, or nobody there
	}
}
