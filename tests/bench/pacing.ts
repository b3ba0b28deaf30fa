// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- it is no page: what is simulated is the controller itself
import {
	simulate,
	summary,
	type Link,
	type Moment
} from '../../src/lib/uploader/simulated-link.ts';
import type { BenchOptions, Row } from './bench.ts';

export const name = 'pacing';
export const description = 'The window in simulated links, and their plots';
export const settings = { seconds: [90] };

const MBIT = 125_000;
const HOME: Link = { rate: 20 * MBIT, baseMs: 20, bufferMs: 1_000 };

/** Something happens at a third of the run, and the rival leaves at two thirds. */
const RUNS: Readonly<Record<string, { at: (part: number) => Link; isStreamed?: true }>> = {
	'20 Mbit/s, 20 ms': { at: () => HOME },
	'the same by streams': { at: () => HOME, isStreamed: true },
	'by streams, while pages are visited': {
		at: () => ({ ...HOME, yieldMs: 150 }),
		isStreamed: true
	},
	'20, then 5 Mbit/s': { at: (part) => ({ ...HOME, rate: (part < 1 / 3 ? 20 : 5) * MBIT }) },
	'5, then 50 Mbit/s': { at: (part) => ({ ...HOME, rate: (part < 1 / 3 ? 5 : 50) * MBIT }) },
	'20 ms, then 120 ms away': { at: (part) => ({ ...HOME, baseMs: part < 1 / 3 ? 20 : 120 }) },
	'a greedy rival comes and goes': {
		at: (part) => ({ ...HOME, bufferMs: 500, hasRival: part > 1 / 3 && part < 2 / 3 })
	},
	'somebody downloads, by streams': {
		at: (part) => ({ ...HOME, backMs: part > 1 / 3 && part < 2 / 3 ? 400 : 0 }),
		isStreamed: true
	},
	'300 ms of jitter': { at: () => ({ ...HOME, jitterMs: 300 }) },
	'half of the measurements lost': { at: () => ({ ...HOME, probeLoss: 0.5 }) }
};

export async function run({ settings: asked }: BenchOptions): Promise<Row[]> {
	const [seconds = 90] = asked['seconds'] ?? [];
	return Object.keys(RUNS).map((link) => {
		const { utilisation, queueMs, queueMsP95 } = summary(momentsOf(link, seconds), seconds / 9);
		return { link, utilisation, 'queue p50, ms': queueMs, 'queue p95, ms': queueMsP95 };
	});
}

function momentsOf(link: string, seconds: number): Moment[] {
	const { at = () => HOME, isStreamed = false } = RUNS[link] ?? {};
	return simulate(seconds, (second) => at(second / seconds), { isStreamed });
}

const WIDTH = 760;
const LEFT = 8;
const RIGHT = 8;
const PLOT = 64;
const HEAD = 26;
const GAP = 18;

/** Throughput beside what the link carries, and the queue, of each run. */
export function chart(): string {
	const [seconds = 90] = settings.seconds;
	const height = Object.keys(RUNS).length * (HEAD + PLOT + GAP) + 30;
	const body = Object.keys(RUNS).map((link, row) =>
		plot(link, momentsOf(link, seconds), 30 + row * (HEAD + PLOT + GAP))
	);
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Throughput and queue in simulated links">
<style>
:root { color-scheme: light dark; --ink: #2b2622; --soft: #6f665c; --ours: #3f4fd0; --queue: #b8442f; }
@media (prefers-color-scheme: dark) { :root { --ink: #efe9df; --soft: #a89e92; --ours: #96a3ff; --queue: #ff9a80; } }
text { fill: var(--ink); } .note { fill: var(--soft); }
polyline { fill: none; stroke-width: 1.5; stroke-linejoin: round; }
.capacity { stroke: var(--soft); stroke-dasharray: 3 3; } .rate { stroke: var(--ours); } .queue { stroke: var(--queue); }
.key-rate { fill: var(--ours); } .key-queue { fill: var(--queue); }
line { stroke: var(--soft); stroke-opacity: 0.4; }
</style>
<text x="${LEFT}" y="14"><tspan class="key-rate">throughput</tspan><tspan class="note"> of what the link carries (dashed), </tspan><tspan class="key-queue">queue</tspan><tspan class="note">, full height 200 ms; ${seconds} s each</tspan></text>
${body.join('\n')}
</svg>
`;
}

function plot(label: string, moments: readonly Moment[], top: number): string {
	const last = moments.at(-1)?.at ?? 1;
	const most = Math.max(...moments.map(({ link }) => link.rate)) * 1.1;
	const line = (kind: string, part: (moment: Moment) => number) => {
		const points = moments.map((moment) => {
			const x = LEFT + ((WIDTH - LEFT - RIGHT) * moment.at) / last;
			const y = top + HEAD + PLOT * (1 - Math.min(1, part(moment)));
			return `${x.toFixed(1)},${y.toFixed(1)}`;
		});
		return `<polyline class="${kind}" points="${points.join(' ')}"/>`;
	};
	return [
		`<text x="${LEFT}" y="${top + HEAD - 8}">${label}</text>`,
		`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${top + HEAD + PLOT}" y2="${top + HEAD + PLOT}"/>`,
		line('capacity', ({ link }) => link.rate / most),
		line('queue', ({ queueMs }) => queueMs / 200),
		line('rate', ({ rate }) => rate / most)
	].join('\n');
}
