/** What is compared, group by group. */
export interface Chart {
	/** Says the unit. */
	title: string;
	groups: readonly Group[];
}

interface Group {
	label: string;
	marks: readonly Mark[];
}

interface Mark {
	label: string;
	/** Null could not be measured. */
	value: number | null;
	/** The measurement ended before it did. */
	isAtLeast: boolean;
	isOurs: boolean;
}

const WIDTH = 760;
const LEFT = 190;
const RIGHT = 80;
const ROW = 20;
const GROUP_HEAD = 30;
const GROUP_GAP = 12;
const HEAD = 64;
const FOOT = 16;

/**
 * An SVG in which each mark is a dot on a logarithmic scale, since what waits and what does not lie powers of ten
 * apart. Text stays text; colours follow the reader's light or dark.
 */
export function drawn({ title, groups }: Chart): string {
	const values = groups.flatMap(({ marks }) => marks.flatMap(({ value }) => value ?? []));
	const ticks = ticksAround(values);
	const [from = 1, to = 10] = [ticks[0], ticks.at(-1)];
	const x = (value: number) =>
		LEFT + ((WIDTH - LEFT - RIGHT) * Math.log10(value / from)) / Math.log10(to / from);
	const tops: number[] = [];
	let height = HEAD;
	for (const { marks } of groups) {
		tops.push(height);
		height += GROUP_HEAD + marks.length * ROW + GROUP_GAP;
	}
	height += FOOT - GROUP_GAP;
	const scale = ticks.map(
		(tick) => `<text class="scale" x="${at(x(tick))}" y="${HEAD - 12}">${amount(tick)}</text>`
	);
	const body = groups.flatMap(({ label, marks }, group) => {
		const top = (tops[group] ?? 0) + GROUP_HEAD;
		const bottom = top + marks.length * ROW;
		return [
			`<text class="group" x="0" y="${top - 10}">${escaped(label)}</text>`,
			...ticks.map(
				(tick) =>
					`<line class="grid" x1="${at(x(tick))}" x2="${at(x(tick))}" y1="${top - 6}" y2="${bottom}"/>`
			),
			...marks.flatMap((mark, row) => drawnMark(mark, { x, y: top + row * ROW + 6 }))
		];
	});
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 0 ${WIDTH + 24} ${height}" width="${WIDTH + 24}" height="${height}" role="img" aria-labelledby="title">`,
		`<title id="title">${escaped(title)}</title>`,
		STYLE,
		`<text class="title" x="0" y="20">${escaped(title)}</text>`,
		...scale,
		...body,
		'</svg>',
		''
	].join('\n');
}

function drawnMark(
	{ label, value, isAtLeast, isOurs }: Mark,
	{ x, y }: { x: (value: number) => number; y: number }
): string[] {
	const kind = isOurs ? ' ours' : '';
	const name = `<text class="label${kind}" x="${LEFT - 12}" y="${y + 4}">${escaped(label)}</text>`;
	if (value === null) return [name];
	const end = x(value);
	const words = (isAtLeast ? 'over ' : '') + amount(value);
	return [
		name,
		`<line class="stem${kind}" x1="${LEFT}" x2="${at(end)}" y1="${y}" y2="${y}"/>`,
		`<circle class="dot${kind}" cx="${at(end)}" cy="${y}" r="5"/>`,
		`<text class="value${kind}" x="${at(end + 10)}" y="${y + 4}">${words}</text>`
	];
}

const STYLE = `<style>
	svg { --ink: #221d18; --soft: #6b6259; --line: #e2dbd0; --dot: #8d8377; --ours: #a83a10; font: 13px/1.2 system-ui, -apple-system, 'Segoe UI', sans-serif; font-variant-numeric: tabular-nums; }
	@media (prefers-color-scheme: dark) { svg { --ink: #f1ebe2; --soft: #aaa095; --line: #3a342e; --dot: #948a7e; --ours: #ff9a6b; } }
	text { fill: var(--ink); }
	.title { font-size: 15px; font-weight: 650; }
	.group { font-weight: 650; }
	.label { fill: var(--soft); text-anchor: end; }
	.scale { fill: var(--soft); font-size: 12px; text-anchor: middle; }
	.value { fill: var(--soft); }
	.grid { stroke: var(--line); }
	.stem { stroke: var(--line); stroke-width: 2; }
	.dot { fill: var(--dot); }
	.ours { font-weight: 650; }
	text.ours { fill: var(--ours); }
	.dot.ours { fill: var(--ours); }
</style>`;

/** One, two and five of each power of ten, from below the least to above the most. */
function ticksAround(values: readonly number[]): number[] {
	const positive = values.filter((value) => value > 0);
	const [least, most] = [Math.min(...positive, 1e6), Math.max(...positive, 1)];
	const steps = [0, 1, 2, 3, 4, 5, 6].flatMap((power) =>
		[1, 2, 5].map((step) => step * 10 ** power)
	);
	const first = steps.findLastIndex((step) => step < least);
	const last = steps.findIndex((step) => step >= most);
	return steps.slice(Math.max(0, first), last < 0 ? steps.length : last + 1);
}

const at = (pixels: number) => pixels.toFixed(1);

const amount = (value: number) => Math.round(value).toLocaleString('en');

function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
