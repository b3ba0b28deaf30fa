import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { startBrowser } from '../support/browser.ts';
import { Arrivals } from './arrivals.ts';
import { known, median, most, type BenchOptions, type Row } from './bench.ts';
import { startContenders } from './contenders.ts';
import { makeMusicFolder, type MusicFolder } from './library.ts';
import {
	busiestSecond,
	inFlight,
	isRegistration,
	isStatus,
	isUpload,
	lastStored
} from './network-log.ts';
import type { Frames, Weight } from './page-meter.ts';
import { dropFolder, openUploadPage, startPortalSite } from './portal-site.ts';

export const name = 'files';
export const description =
	'Many small files from Chromium, beside a bare fetch and tus-js-client by its defaults';
export const settings = { files: [10, 100, 1000], rounds: [3] };

/** Up to here one round says little. */
const REPEATED = 100;
/** More of them take minutes, and three contenders three times that. */
const COMPARED = 1_000;
/** Fewer have no list that could be scrolled, and are sent before anybody did. */
const SCROLLED = 1_000;
/** Small files move all the time. */
const STALLED_MS = 90_000;
/** Giving a browser the paths of ten thousand files takes seconds before the page hears of it. */
const CHOOSING_MS = 5 * 60_000;

/** What one upload of all the files came to. Times in milliseconds from the moment the page was given them. */
interface Sent {
	/** The first rows were on the screen. */
	first: number | null;
	/** Their number was. */
	listed: number | null;
	stored: number | null;
	ready: number | null;
	requests: number;
	registrations: number;
	mostInFlight: number;
	/** As many as the others may send at once: what the browser says of beginnings and ends overlaps now and then. */
	lanes: number;
	statusPerSecond: number;
	statusMost: number;
	failedFiles: number;
	failedRequests: number;
	outOfResources: number;
	framesWhileSending: Frames | null;
	framesAfterwards: Frames | null;
	page: Weight;
}

export async function run({ settings: asked, say }: BenchOptions): Promise<Row[]> {
	const { files = [], rounds: [rounds = 1] = [] } = asked;
	const folder = await mkdtemp(path.join(tmpdir(), 'segue-bench-files-'));
	try {
		const rows: Row[] = [];
		for (const count of files) {
			const music = await makeMusicFolder(folder, count);
			const sized = { music, rounds: count <= REPEATED ? rounds : 1, say };
			rows.push(count <= COMPARED ? await compared(sized) : await alone(sized));
			await rm(music.folder, { recursive: true });
		}
		return rows;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

interface Sized {
	music: MusicFolder;
	rounds: number;
	say: BenchOptions['say'];
}

/** All contenders in one browser, in another order each round. */
async function compared({ music, rounds, say }: Sized): Promise<Row> {
	const count = music.paths.length;
	const ours: Sent[] = [];
	const others = { bare: [] as number[], tus: [] as number[] };
	const contenders = await startContenders();
	try {
		for (let round = 0; round < rounds; round += 1) {
			say(`${count} files, round ${round + 1} of ${rounds}`);
			await withBrowser(async (context) => {
				const sendOurs = async () => void ours.push(await choose(context, music));
				const sendOther = (by: 'bare' | 'tus') => async () => {
					const lanes = ours[0]?.lanes ?? 1;
					others[by].push(await contenders.send(context, { by, paths: music.paths, lanes }));
				};
				const turns = [sendOurs, sendOther('bare'), sendOther('tus')];
				for (const turn of [...turns.slice(round % 3), ...turns.slice(0, round % 3)]) await turn();
			});
		}
	} finally {
		await contenders.close();
	}
	say(`${count} files, dropped`);
	const dropped = await withBrowser((context) => drop(context, music, { isWhole: false }));

	const perFile = (ms: readonly (number | null)[]) =>
		middle(ms.map((each) => each && each / count));
	const stored = ours.map((each) => each.stored);
	return {
		...figures(music, { chosen: ours, dropped, whole: ours }),
		'ms a file': perFile(stored),
		'ms a file, bare fetch': perFile(others.bare),
		'ms a file, tus-js-client': perFile(others.tus),
		'ours / bare fetch': ratio(stored, others.bare),
		'ours / tus-js-client': ratio(stored, others.tus)
	};
}

/** So many that one upload of all of them is enough. */
async function alone({ music, say }: Sized): Promise<Row> {
	const count = music.paths.length;
	say(`${count} files, chosen`);
	const chosen = await withBrowser((context) => choose(context, music, { isWhole: false }));
	say(`${count} files, dropped`);
	const dropped = await withBrowser((context) => drop(context, music, { isWhole: true }));
	const row = figures(music, { chosen: [chosen], dropped, whole: [dropped] });
	return { ...row, 'ms a file': dropped.stored && dropped.stored / count };
}

function figures(
	{ paths, bytes }: MusicFolder,
	{ chosen, dropped, whole }: { chosen: Sent[]; dropped: Sent; whole: Sent[] }
): Row {
	const of = (figure: (sent: Sent) => number | null) => whole.map(figure);
	const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
	const all = [...new Set([...chosen, dropped, ...whole])];
	return {
		files: paths.length,
		'bytes a file': Math.round(bytes / paths.length),
		rounds: whole.length,
		'first rows, ms after they were chosen': middle(chosen.map(({ first }) => first)),
		'first rows, ms after a folder was dropped': dropped.first,
		'listed, ms after they were chosen': middle(chosen.map(({ listed }) => listed)),
		'listed, ms after a folder was dropped': dropped.listed,
		'all stored, ms': middle(of(({ stored }) => stored)),
		'all ready, ms': middle(of(({ ready }) => ready)),
		'requests a file': middle(of(({ requests }) => requests / paths.length)),
		registrations: middle(of(({ registrations }) => registrations)),
		'uploads in flight, most': most(of(({ mostInFlight }) => mostInFlight)),
		'status requests a second': middle(of(({ statusPerSecond }) => statusPerSecond)),
		'status requests in a second, most': most(of(({ statusMost }) => statusMost)),
		'JS heap before, MB': middle(of(({ page }) => page.heapBefore)),
		'JS heap, most, MB': most(of(({ page }) => page.heapMost)),
		'JS heap in use, most, MB': most(of(({ page }) => page.heapInUse)),
		'JS heap kept afterwards, MB': most(of(({ page }) => page.heapKept)),
		'DOM elements, most': most(all.map(({ page }) => page.elements)),
		'list rows in the DOM, most': most(all.map(({ page }) => page.rows)),
		'longest task, ms': most(all.map(({ page }) => page.longestTask)),
		'frames late while sending, %': dropped.framesWhileSending?.late ?? null,
		'worst frame while sending, ms': dropped.framesWhileSending?.worst ?? null,
		'frames late afterwards, %': whole[0]?.framesAfterwards?.late ?? null,
		'worst frame afterwards, ms': whole[0]?.framesAfterwards?.worst ?? null,
		'failed files': sum(of(({ failedFiles }) => failedFiles).map(Number)),
		'failed requests': sum(all.map(({ failedRequests }) => failedRequests)),
		ERR_INSUFFICIENT_RESOURCES: sum(all.map(({ outOfResources }) => outOfResources))
	};
}

async function withBrowser<T>(work: (context: BrowserContext) => Promise<T>): Promise<T> {
	const browser = await startBrowser();
	try {
		return await work(browser.context);
	} finally {
		await browser.close();
	}
}

const choose = (context: BrowserContext, music: MusicFolder, { isWhole = true } = {}) =>
	send(context, music, { by: 'choosing', isWhole });
const drop = (context: BrowserContext, music: MusicFolder, { isWhole }: { isWhole: boolean }) =>
	send(context, music, { by: 'dropping', isWhole });

/** Through an empty portal of its own: what is known there already would be sorted out, and what is worked on is in the way. */
async function send(
	context: BrowserContext,
	music: MusicFolder,
	{ by, isWhole }: { by: 'choosing' | 'dropping'; isWhole: boolean }
): Promise<Sent> {
	const count = music.paths.length;
	const site = await startPortalSite();
	try {
		const { page, meter } = await openUploadPage(context, site);
		const everyMs = count <= REPEATED ? 100 : 1_000;
		const arrivals = new Arrivals(site.owner, { everyMs, patienceMs: STALLED_MS });
		await meter.begin(count);
		if (by === 'dropping') await dropFolder(page, music.folder);
		else {
			const input = page.getByTestId('upload-input');
			await input.setInputFiles([...music.paths], { timeout: CHOOSING_MS });
		}
		const firstAt = await meter.firstAt();
		const listedAt = await meter.listedAt();
		const begunAt = await meter.begunAt();
		// Scrolling costs time too: what is compared with others goes without.
		const isScrolled = by === 'dropping' && count >= SCROLLED;
		const framesWhileSending = isScrolled ? await meter.scroll() : null;
		const areAllStored = isWhole && (await arrivals.stored(count)) !== null;
		if (areAllStored) await meter.network.settled();
		const isOver = areAllStored ? await arrivals.over(count) : null;
		const endedAt = isOver ?? Date.now();
		const framesAfterwards = isOver !== null && count >= SCROLLED ? await meter.scroll() : null;

		const exchanges = meter.network.since(begunAt).filter(({ beganAt }) => beganAt <= endedAt);
		const uploads = exchanges.filter(isUpload);
		const status = exchanges.filter(isStatus);
		const failures = exchanges.flatMap(({ failure }) => failure ?? []);
		const storedAt = areAllStored ? lastStored(uploads) : null;
		const open = inFlight(uploads);
		return {
			first: firstAt && firstAt - begunAt,
			listed: listedAt && listedAt - begunAt,
			stored: storedAt && storedAt - begunAt,
			ready: isOver && isOver - begunAt,
			requests: uploads.length + exchanges.filter(isRegistration).length,
			registrations: exchanges.filter(isRegistration).length,
			mostInFlight: most(open) ?? 0,
			lanes: usualMost(open),
			statusPerSecond: (status.length * 1000) / (endedAt - begunAt),
			statusMost: busiestSecond(status),
			failedFiles: isWhole ? count - arrivals.added : 0,
			failedRequests: failures.filter((failure) => failure !== 'cancelled').length,
			outOfResources: failures.filter((failure) => failure.includes('INSUFFICIENT')).length,
			framesWhileSending,
			framesAfterwards,
			page: await meter.close()
		};
	} finally {
		for (const page of context.pages()) if (page.url().startsWith(site.origin)) await page.close();
		await site.close();
	}
}

/** Nine in ten were no more. */
function usualMost(open: readonly number[]): number {
	const sorted = open.toSorted((a, b) => a - b);
	return sorted[Math.floor(0.9 * (sorted.length - 1))] ?? 1;
}

const middle = (values: readonly (number | null)[]) => median(known(values));

/** Of those of the same round: what slowed one down slowed the other down too. */
function ratio(ours: readonly (number | null)[], others: readonly number[]): number | null {
	return middle(
		ours.map((one, round) => {
			const other = others[round];
			return one === null || other === undefined ? null : one / other;
		})
	);
}
