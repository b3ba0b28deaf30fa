import { median, type BenchOptions, type Row } from './bench.ts';
import {
	compare,
	CONTENDERS,
	nameOf,
	throughput,
	type Cells,
	type Contender
} from './contention.ts';
import { linksOf, REPORTED, startEmulation, SWITCHES } from './links.ts';
import { listen, type Listening } from './listening.ts';
import { startSlowSite } from './slow-site.ts';

export const name = 'stream-while-uploading';
export const description =
	'A track of 320 kbit/s that begins and is jumped in, over slow links, while nothing or something is uploaded';
export const settings = { ...REPORTED, rounds: [1] };
export const switches = SWITCHES;

export async function run(options: BenchOptions): Promise<Row[]> {
	const { rounds: [rounds = 1] = [] } = options.settings;
	const slow = await startSlowSite(await startEmulation(options));
	try {
		const rows: Row[] = [];
		for (const shape of linksOf(options)) {
			const cells = await compare(slow, {
				shape,
				rounds,
				stand: slow.record,
				activity: (page) => listen(page, slow.record),
				say: options.say
			});
			rows.push({ link: nameOf(shape), rounds, ...figures(cells) });
		}
		return rows;
	} finally {
		await slow.close();
	}
}

function figures(cells: Cells<Listening>): Row {
	const each = (figure: string, value: (heard: readonly Listening[]) => number | null) =>
		Object.fromEntries(
			CONTENDERS.map((contender: Contender) => [
				`${figure}, ${contender}`,
				value(cells[contender].map(({ result }) => result))
			])
		);
	// What never sounded was awaited longer than anything else.
	const starts = (heard: readonly Listening[]) =>
		heard.map(({ waitsMs: [start] }) => start ?? Infinity);
	const jumps = (heard: readonly Listening[]) =>
		heard.flatMap(({ waitsMs: [, ...waits] }) => waits.map((wait) => wait ?? Infinity));
	const finite = (ms: number | null) => (ms === Infinity ? null : ms);
	return {
		...each('from Play to sound, ms', (heard) => finite(median(starts(heard)))),
		...each('from a jump to sound, ms', (heard) => finite(median(jumps(heard)))),
		...each(
			'never sounded',
			(heard) => [...starts(heard), ...jumps(heard)].filter((ms) => ms === Infinity).length
		),
		...each('rebuffers', (heard) => heard.reduce((sum, one) => sum + one.rebuffers, 0)),
		...each('rebuffering, s', (heard) => median(heard.map((one) => one.rebufferedMs / 1000))),
		...each('without sound, s', (heard) => median(heard.map((one) => one.silentMs / 1000))),
		...throughput(cells)
	};
}
