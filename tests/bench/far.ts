import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { median, sleep, type BenchOptions, type Row } from './bench.ts';
import { checkGreedy, startGreedy } from './greedy.ts';
import { Link } from './link.ts';
import { hush } from './page-meter.ts';
import { startSlowSite, type Protocol, type SlowSite } from './slow-site.ts';
import { goTo } from './visits.ts';

export const name = 'far';
export const description =
	'What an upload reaches on a fast line to a server that is far away, by protocol';
export const settings = { rates: [200], roundTrips: [20, 100, 200], rounds: [1], seconds: [12] };
export const switches = { quick: { roundTrips: [100], seconds: [6] } };

const PROTOCOLS: readonly Protocol[] = ['http/1.1', 'h2', 'h3'];
const SENDERS = ['ours', 'greedy'] as const;
/** As many requests as an HTTP/1.1 browser has to spare. */
const LANES = 4;
/** A window needs some round trips to open. */
const WARM_MS = 6_000;
const BUFFER_MS = 100;
const BYTES_PER_MEGABIT = 1e6 / 8;

export async function run({ settings: asked, say }: BenchOptions): Promise<Row[]> {
	const { rates = [], roundTrips = [], rounds: [rounds = 1] = [], seconds: [s = 12] = [] } = asked;
	const slow = await startSlowSite(new Link());
	try {
		const rows: Row[] = [];
		for (const megabitsPerSecond of rates) {
			for (const roundTripMs of roundTrips) {
				const row: Row = { link: `${megabitsPerSecond} Mbit/s, ${roundTripMs} ms there and back` };
				for (const protocol of PROTOCOLS) {
					for (const by of SENDERS) {
						const reached: number[] = [];
						for (let round = 0; round < rounds; round += 1) {
							say(`${row['link']}: ${protocol}, ${by}`);
							const shape = { megabitsPerSecond, bufferMs: BUFFER_MS, control: null };
							await using visit = await begin(slow, { protocol, by });
							await slow.emulation.set({ ...shape, delayMs: roundTripMs / 2 });
							await sleep(WARM_MS);
							reached.push(await rateOf(slow, s * 1000));
							await checkGreedy(visit.page);
						}
						row[`upload, Mbit/s, ${protocol}, ${by}`] = median(reached);
					}
				}
				rows.push(row);
			}
		}
		return rows;
	} finally {
		await slow.close();
	}
}

async function begin(
	slow: SlowSite,
	{ protocol, by }: { protocol: Protocol; by: (typeof SENDERS)[number] }
) {
	const visit = await slow.visit(protocol);
	await hush(visit.page);
	await goTo(visit.page, { path: '/upload', title: 'Add music' });
	if (by === 'ours') await visit.page.getByTestId('upload-input').setInputFiles([...slow.files]);
	else await startGreedy(visit.page, { slow, by: 'h2, own connection', inFlight: LANES });
	return {
		page: visit.page,
		async [Symbol.asyncDispose]() {
			await slow.emulation.set(null);
			await visit.close();
			await slow.forgetUploads();
		}
	};
}

/** Megabits a second that reach the server's disk. */
async function rateOf({ site }: SlowSite, ms: number): Promise<number> {
	const folder = path.join(site.portal.dataDir, 'storage', 'partials');
	const stored = async () => {
		const sizes = (await readdir(folder)).map((file) =>
			stat(path.join(folder, file)).then(
				({ size }) => size,
				() => 0 // it was ended meanwhile
			)
		);
		return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
	};
	const [before, began] = [await stored(), performance.now()];
	await sleep(ms);
	const [after, ended] = [await stored(), performance.now()];
	return (after - before) / BYTES_PER_MEGABIT / ((ended - began) / 1000);
}
