import { most, percentile, type BenchOptions, type Row } from './bench.ts';
import { drawn } from './chart.ts';
import {
	compare,
	CONTENDERS,
	nameOf,
	throughput,
	type Cells,
	type Contender
} from './contention.ts';
import { linksOf, REPORTED, startEmulation, SWITCHES } from './links.ts';
import { startSlowSite } from './slow-site.ts';
import { goAbout, HOME, type Visits } from './visits.ts';

export const name = 'navigation';
export const description =
	'From a click to the page, over slow links, while nothing or something is uploaded';
export const settings = { ...REPORTED, gap: [300] };
export const switches = SWITCHES;

const P95 = 'navigation p95, ms';
const GIVEN_UP = 'given up after 15 s';

export async function run(options: BenchOptions): Promise<Row[]> {
	const { rounds: [rounds = 1] = [], gap: [gapMs = 300] = [] } = options.settings;
	const slow = await startSlowSite(await startEmulation(options));
	try {
		const rows: Row[] = [];
		for (const shape of linksOf(options)) {
			const cells = await compare(slow, {
				shape,
				rounds,
				stand: HOME,
				activity: (page) => goAbout(page, { releases: slow.releases, gapMs }),
				say: options.say
			});
			rows.push({ link: nameOf(shape), rounds, ...figures(cells) });
		}
		return rows;
	} finally {
		await slow.close();
	}
}

function figures(cells: Cells<Visits>): Row {
	const ms = (contender: Contender) => cells[contender].flatMap(({ result }) => result.ms);
	const each = (figure: string, value: (contender: Contender) => number | null) =>
		Object.fromEntries(
			CONTENDERS.map((contender) => [`${figure}, ${contender}`, value(contender)])
		);
	const p95 = (contender: Contender) => percentile(ms(contender), 95);
	const idle = p95('idle');
	return {
		...each('navigation p50, ms', (contender) => percentile(ms(contender), 50)),
		...each(P95, p95),
		...each('p95 above idle, ms', (contender) => {
			const own = p95(contender);
			return contender === 'idle' || own === null || idle === null ? null : own - idle;
		}),
		...throughput(cells),
		...each('navigations', (contender) => ms(contender).length),
		...each(
			GIVEN_UP,
			(contender) => cells[contender].filter(({ result }) => result.wasGivenUp).length
		),
		'emulation late, p99 at most, ms': most(
			CONTENDERS.flatMap((contender) => cells[contender].map(({ lateMs }) => lateMs))
		)
	};
}

export function chart(rows: readonly Row[]): string {
	return drawn({
		title: 'From a click to the page: 95 of 100 are faster, in milliseconds',
		groups: rows.map((row) => ({
			label: String(row['link']),
			marks: CONTENDERS.map((contender) => ({
				label: contender === 'ours' ? 'Segue' : contender,
				value: Number(row[`${P95}, ${contender}`]),
				isAtLeast: Number(row[`${GIVEN_UP}, ${contender}`]) > 0,
				isOurs: contender === 'ours'
			}))
		}))
	});
}
