import * as v from 'valibot';
import { Peaks } from '#contracts/track';

/** What a waveform is drawn from; null when it cannot be had: then a line is drawn. */
export async function fetchPeaks(
	url: string,
	fetching: typeof fetch = fetch
): Promise<readonly number[] | null> {
	try {
		const response = await fetching(url);
		return response.ok ? v.parse(Peaks, await response.json()).peaks : null;
	} catch {
		return null;
	}
}
