/** Units of one bar and of the gap behind it; the picture is `BAR + GAP` wide for each bar. */
const BAR = 3;
const GAP = 1;
/** How high the picture is; its bars grow from the middle both ways. */
const HEIGHT = 100;
const LEAST = 2;
/** The largest peak. */
const FULL = 255;

/** As many bars as asked, each as high as the loudest peak of its part; none for a track without peaks. */
export function barsOf(peaks: readonly number[], bars: number): number[] {
	if (peaks.length === 0) return [];
	return Array.from({ length: bars }, (_, bar) => {
		const from = Math.floor((bar * peaks.length) / bars);
		const to = Math.max(from + 1, Math.floor(((bar + 1) * peaks.length) / bars));
		return Math.max(...peaks.slice(from, to));
	});
}

/** The `viewBox` of their picture. */
export function boxOf(bars: readonly number[]): string {
	return `0 0 ${Math.max(1, bars.length * (BAR + GAP) - GAP)} ${HEIGHT}`;
}

/** The bars as the path of an SVG. The loudest one is as high as the picture: quiet music is drawn as clearly. */
export function waveformPath(bars: readonly number[]): string {
	const loudest = Math.max(FULL / 8, ...bars);
	return bars
		.map((peak, bar) => {
			const height = Math.round(Math.max(LEAST, (peak / loudest) * HEIGHT) * 10) / 10;
			const top = Math.round(((HEIGHT - height) / 2) * 10) / 10;
			return `M${bar * (BAR + GAP)} ${top}h${BAR}v${height}h-${BAR}z`;
		})
		.join('');
}
