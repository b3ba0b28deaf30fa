/** Few are needed again: what plays, and what played just now. */
const KEPT = 8;

const kept = (known: Map<string, number[]>) => {
	for (const url of known.keys()) {
		if (known.size <= KEPT) return;
		known.delete(url);
	}
};

/** Reads and remembers how loud the parts of a track are. */
export function createPeaks(
	fetch: typeof globalThis.fetch = (...asked) => globalThis.fetch(...asked)
) {
	const known = new Map<string, number[]>();
	/** Null where there are none: a bar without a waveform seeks as well. */
	return async (url: string, signal?: AbortSignal): Promise<number[] | null> => {
		const found = known.get(url);
		if (found) return found;
		try {
			const response = await fetch(url, { ...(signal && { signal }) });
			if (!response.ok) return null;
			const { parsePeaks } = await import('./parse-peaks.ts'); // sound comes first
			const peaks = parsePeaks(await response.json());
			known.set(url, peaks);
			kept(known);
			return peaks;
		} catch {
			return null; // the network is away, or the track went on
		}
	};
}
