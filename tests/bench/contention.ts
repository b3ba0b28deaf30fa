import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { retryUntil } from '../support/until.ts';
import { median, sleep, type BenchOptions } from './bench.ts';
import type { LinkShape } from './emulation.ts';
import { checkGreedy, GREEDY, startGreedy } from './greedy.ts';
import { hush } from './page-meter.ts';
import type { Place, SlowSite } from './slow-site.ts';
import { goTo } from './visits.ts';

/** Who has the link, while a person goes about the portal. */
export const CONTENDERS = ['idle', ...GREEDY, 'ours'] as const;
export type Contender = (typeof CONTENDERS)[number];

/** What others are measured by: as much as the link carries, the pages left free of it as far as a browser can. */
export const YARDSTICK: Contender = 'h2, own connection';

/** From the first byte that was stored: queues are full then, and whoever looks for the link's rate has found it. */
const WARM_MS = 4_000;
const BEGIN_WITHIN_MS = 60_000;
const BYTES_PER_MEGABIT = 1e6 / 8;

/** One contender on one link for some seconds. */
export interface Cell<Result> {
	result: Result;
	/** What the server had of the uploads at the end and not at the beginning, per second; null when nothing was sent. */
	megabitsPerSecond: number | null;
	/** How late the emulation was. */
	lateMs: number | null;
}

export type Cells<Result> = Record<Contender, Cell<Result>[]>;

interface Compared<Result> {
	shape: LinkShape;
	rounds: number;
	/** Where the person is when it begins. */
	stand: Place;
	/** What the person does. */
	activity: (page: Page) => Promise<Result>;
	say: BenchOptions['say'];
}

/** All contenders take turns on one link, and begin with another one in each round. */
export async function compare<Result>(
	slow: SlowSite,
	{ shape, rounds, stand, activity, say }: Compared<Result>
): Promise<Cells<Result>> {
	const cells = Object.fromEntries(
		CONTENDERS.map((contender) => [contender, [] as Cell<Result>[]])
	) as Cells<Result>;
	for (let round = 0; round < rounds; round += 1) {
		const first = round % CONTENDERS.length;
		for (const contender of [...CONTENDERS.slice(first), ...CONTENDERS.slice(0, first)]) {
			say(`${nameOf(shape)}, round ${round + 1} of ${rounds}: ${contender}`);
			const visit = await slow.visit(contender === 'HTTP/1.1' ? 'http/1.1' : 'h2');
			try {
				await begin(slow, { contender, page: visit.page, stand, shape });
				cells[contender].push(await measured(slow, contender, () => activity(visit.page)));
				await checkGreedy(visit.page);
			} finally {
				await slow.emulation.set(null);
				await visit.close();
				await slow.forgetUploads();
			}
		}
	}
	return cells;
}

async function begin(
	slow: SlowSite,
	{
		contender,
		page,
		stand,
		shape
	}: { contender: Contender; page: Page } & Pick<Compared<unknown>, 'stand' | 'shape'>
): Promise<void> {
	await hush(page);
	if (contender === 'ours') {
		await goTo(page, { path: '/upload', title: 'Add music' });
		await slow.emulation.set(shape);
		await page.getByTestId('upload-input').setInputFiles([...slow.files]);
		await goTo(page, stand);
	} else {
		await goTo(page, stand);
		await slow.emulation.set(shape);
		if (contender === 'idle') return;
		await startGreedy(page, { slow, by: contender });
	}
	const deadline = performance.now() + BEGIN_WITHIN_MS;
	await retryUntil(
		() => stored(slow),
		(bytes) => bytes > 0 || performance.now() > deadline
	);
	if (performance.now() > deadline) throw new Error(`${contender}: nothing was stored`);
	await sleep(WARM_MS);
}

async function measured<Result>(
	slow: SlowSite,
	contender: Contender,
	activity: () => Promise<Result>
): Promise<Cell<Result>> {
	const [before, began] = [await stored(slow), performance.now()];
	const result = await activity();
	const [after, ended] = [await stored(slow), performance.now()];
	const bytesPerSecond = ((after - before) * 1000) / (ended - began);
	return {
		result,
		megabitsPerSecond: contender === 'idle' ? null : bytesPerSecond / BYTES_PER_MEGABIT,
		lateMs: slow.emulation.lateMs()
	};
}

/** Bytes of all uploads that are under way, as they lie on the server's disk. */
async function stored({ site }: SlowSite): Promise<number> {
	const folder = path.join(site.portal.dataDir, 'storage', 'partials');
	const names = await readdir(folder);
	const sizes = await Promise.all(
		names.map((name) =>
			stat(path.join(folder, name)).then(
				({ size }) => size,
				() => 0 // it was ended meanwhile
			)
		)
	);
	return sizes.reduce((sum, size) => sum + size, 0);
}

export function nameOf({ megabitsPerSecond, bufferMs, delayMs, control }: LinkShape): string {
	const words = [`${megabitsPerSecond} Mbit/s`, `${bufferMs} ms of buffer`];
	if (delayMs > 0) words.push(`${delayMs} ms away`);
	if (control) words.push(control === 'bbr' ? 'BBR' : 'Reno');
	return words.join(', ');
}

/** The upload's rate of each contender, and what part that is of the yardstick's in the same round. */
export function throughput<Result>(cells: Cells<Result>): Record<string, number | null> {
	const sending = CONTENDERS.filter((contender) => contender !== 'idle');
	const rate = (contender: Contender, round: number) =>
		cells[contender][round]?.megabitsPerSecond ?? null;
	return Object.fromEntries([
		...sending.map((contender) => [
			`upload, Mbit/s, ${contender}`,
			median(cells[contender].flatMap((cell) => cell.megabitsPerSecond ?? []))
		]),
		...sending.map((contender) => [
			`upload / ${YARDSTICK}, ${contender}`,
			median(
				cells[contender].flatMap((_, round) => {
					const [own, other] = [rate(contender, round), rate(YARDSTICK, round)];
					return own === null || !other ? [] : [own / other];
				})
			)
		])
	]);
}
