/** The largest value of a peak. */
const FULL = 255;
/** Silence is a thin line, not a hole. */
const LEAST = 0.04;
/** Part of a bar's place that the bar fills. */
const FILLED = 0.62;
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

/** The louder of what falls into each of so many bars, 0 to 1. */
export function barsOf(peaks: readonly number[], bars: number): number[] {
	const many = Math.min(bars, peaks.length);
	return Array.from({ length: many }, (_, n) => {
		const from = Math.floor((n * peaks.length) / many);
		const to = Math.max(from + 1, Math.floor(((n + 1) * peaks.length) / many));
		return Math.max(LEAST, Math.max(...peaks.slice(from, to)) / FULL);
	});
}

/** An SVG path of bars around the middle, one unit wide each and two units high at most. */
export function pathOf(bars: readonly number[]): string {
	return bars
		.map((bar, n) => `M${n} ${(1 - bar).toFixed(3)}h${FILLED}v${(2 * bar).toFixed(3)}h-${FILLED}z`)
		.join('');
}
