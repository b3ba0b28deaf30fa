import type { CDPSession, Page } from 'playwright-core';
import { median, most, sleep } from './bench.ts';
import { NetworkLog } from './network-log.ts';

const SAMPLE_MS = 1_000;
/** To collect garbage stops the page for a moment: seldom enough to change nothing else that is measured. */
const COLLECTED_EVERY = 5;
const MB = 1e6;

const SCROLL_MS = 3_000;
const WHEEL_EVERY_MS = 40;
const WHEEL_PIXELS = 240;
/** A frame that took this many times as long as the others was seen to be late. */
const LATE = 1.5;

/** Where nothing on the page says how many there are, nobody needs to wait longer. */
const LISTED_WITHIN_MS = 60_000;

/**
 * In the page, before its own code: when files came, when the first rows and when their number were on the screen, how long tasks and frames
 * took. It looks at words and roles only, so that the page may be built anew.
 */
const SCRIPT = `(() => {
	const wall = () => performance.timeOrigin + performance.now();
	const meter = (window.benchMeter = { begunAt: null, wanted: 0, tasks: [], frames: [] });
	meter.listed = new Promise((resolve) => (meter.onlisted = resolve));
	meter.first = new Promise((resolve) => (meter.onfirst = resolve));

	const isListed = () => {
		const whole = meter.wanted.toLocaleString('en') + '|' + meter.wanted;
		const total = new RegExp(
			'(^|[^\\\\d,.])(' + whole + ') (files|songs|tracks)\\\\b|\\\\bof (' + whole + ')(?![\\\\d,.]| ?[kMGT]?B)'
		);
		for (const row of document.querySelectorAll('[aria-setsize]')) {
			if (Number(row.getAttribute('aria-setsize')) >= meter.wanted) return true;
		}
		for (const place of document.querySelectorAll('main, [data-testid="upload-dock"]')) {
			const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
			while (texts.nextNode()) if (total.test(texts.currentNode.data)) return true;
		}
		return false;
	};
	const watch = (isThere, settle) => {
		// What a frame holds is on the screen when the next one begins.
		const changes = new MutationObserver(() => {
			if (!isThere()) return;
			changes.disconnect();
			requestAnimationFrame(() => requestAnimationFrame(() => settle(wall())));
		});
		changes.observe(document, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ['aria-setsize'] });
		setTimeout(() => (changes.disconnect(), settle(null)), ${LISTED_WITHIN_MS});
	};
	for (const type of ['change', 'drop']) {
		addEventListener(
			type,
			() => {
				if (meter.begunAt !== null || meter.wanted === 0) return;
				meter.begunAt = wall();
				watch(() => document.querySelector('[aria-setsize]'), meter.onfirst);
				watch(isListed, meter.onlisted);
			},
			true
		);
	}
	new PerformanceObserver((list) => {
		for (const { duration } of list.getEntries()) if (meter.begunAt !== null) meter.tasks.push(duration);
	}).observe({ type: 'longtask' });
	meter.beginFrames = () => {
		meter.frames = [];
		meter.areFramesOn = true;
		let last = null;
		const frame = (now) => {
			if (last !== null) meter.frames.push(now - last);
			last = now;
			if (meter.areFramesOn) requestAnimationFrame(frame);
		};
		requestAnimationFrame(frame);
	};
	meter.endFrames = () => {
		meter.areFramesOn = false;
		return meter.frames;
	};
})()`;

export interface Frames {
	/** Of a hundred. */
	late: number | null;
	/** Milliseconds. */
	median: number | null;
	worst: number | null;
}

/** What a page weighed. */
export interface Weight {
	/** MB, without garbage. */
	heapBefore: number;
	/** MB, with whatever garbage there was. */
	heapMost: number;
	/** MB, without garbage: what the page needs at the same time. */
	heapInUse: number;
	/** MB, without garbage. */
	heapKept: number;
	elements: number;
	rows: number;
	/** Milliseconds in which the page could do nothing else; 0 when every task was short. */
	longestTask: number;
}

interface Sample {
	heap: number;
	elements: number;
	rows: number;
}

/** Measures a page from the moment it is given files. */
export class PageMeter {
	readonly #page: Page;
	readonly #session: CDPSession;
	readonly network: NetworkLog;
	readonly #samples: Sample[] = [];
	readonly #inUse: number[] = [];
	#before: Sample | null = null;
	#isOver = false;
	#sampling: Promise<void> = Promise.resolve();

	/** Before the page is opened. */
	static async on(page: Page): Promise<PageMeter> {
		await page.addInitScript(SCRIPT);
		const session = await page.context().newCDPSession(page);
		const network = await NetworkLog.of(session);
		await session.send('Performance.enable');
		return new PageMeter(page, session, network);
	}

	private constructor(page: Page, session: CDPSession, network: NetworkLog) {
		this.#page = page;
		this.#session = session;
		this.network = network;
	}

	/** The next files that come are the ones that are measured. */
	async begin(wanted: number): Promise<void> {
		await hush(this.#page);
		await this.#session.send('HeapProfiler.collectGarbage');
		this.#before = await this.#sample();
		await this.#page.evaluate(`benchMeter.wanted = ${wanted}`);
		// A page that is gone has nothing more to measure: whoever works with it says why.
		this.#sampling = this.#keepSampling().catch(() => {});
	}

	/** When the page was given the files, in milliseconds since 1970. */
	async begunAt(): Promise<number> {
		const time = await this.#page.evaluate<number | null>('benchMeter.begunAt');
		if (time === null) throw new Error('the page was given no files');
		return time;
	}

	/** When the first of them were on the screen; null when they never were. */
	firstAt(): Promise<number | null> {
		return this.#page.evaluate<number | null>('benchMeter.first');
	}

	/** When their number was on the screen; null when it never was. */
	listedAt(): Promise<number | null> {
		return this.#page.evaluate<number | null>('benchMeter.listed');
	}

	/** Turns the wheel over the list for a while. */
	async scroll(): Promise<Frames> {
		const { width, height } = this.#page.viewportSize() ?? { width: 0, height: 0 };
		await this.#page.mouse.move(width / 2, height / 2);
		await this.#page.evaluate('benchMeter.beginFrames()');
		const end = Date.now() + SCROLL_MS;
		while (Date.now() < end) {
			await this.#page.mouse.wheel(0, WHEEL_PIXELS);
			await sleep(WHEEL_EVERY_MS);
		}
		const frames = await this.#page.evaluate<number[]>('benchMeter.endFrames()');
		return framesOf(frames);
	}

	async close(): Promise<Weight> {
		this.#isOver = true;
		await this.#sampling;
		const longest = most(await this.#page.evaluate<number[]>('benchMeter.tasks'));
		await this.#session.send('HeapProfiler.collectGarbage');
		const after = await this.#sample();
		const all = [...this.#samples, after];
		return {
			heapBefore: (this.#before?.heap ?? 0) / MB,
			heapMost: Math.max(...all.map(({ heap }) => heap)) / MB,
			heapInUse: Math.max(...this.#inUse, after.heap) / MB,
			heapKept: after.heap / MB,
			elements: Math.max(...all.map(({ elements }) => elements)),
			rows: Math.max(...all.map(({ rows }) => rows)),
			longestTask: longest ?? 0
		};
	}

	async #keepSampling() {
		while (!this.#isOver) {
			await sleep(SAMPLE_MS);
			this.#samples.push(await this.#sample());
			if (this.#samples.length % COLLECTED_EVERY > 0) continue;
			await this.#session.send('HeapProfiler.collectGarbage');
			this.#inUse.push((await this.#sample()).heap);
		}
	}

	async #sample(): Promise<Sample> {
		const { metrics } = await this.#session.send('Performance.getMetrics');
		const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
		const counts = await this.#page.evaluate<Omit<Sample, 'heap'>>(`({
			elements: document.getElementsByTagName('*').length,
			rows: document.querySelectorAll('[role="listitem"]').length
		})`);
		return { heap, ...counts };
	}
}

/** What leads inside Playwright to its own sessions with a page and its threads. */
interface PlaywrightPage {
	_connection?: {
		toImpl?(page: Page): {
			delegate?: {
				_networkManager?: {
					_sessions?: Map<{ send(method: 'Network.disable'): Promise<unknown> }, unknown>;
					/** Of each thread that the page starts. */
					addSession(): Promise<void>;
				};
			};
		};
	};
}

/**
 * Playwright has the browser tell of every request with its whole body, encoded and in duplicate. For small files that
 * costs as much as sending them, and there is no setting for it.
 */
export async function hush(page: Page): Promise<void> {
	const inner = (page as unknown as PlaywrightPage)._connection?.toImpl?.(page);
	const network = inner?.delegate?._networkManager;
	if (!network?._sessions || network._sessions.size === 0)
		throw new Error('Playwright is built otherwise now: it would disturb what is measured');
	network.addSession = async () => {};
	for (const session of network._sessions.keys()) await session.send('Network.disable');
}

function framesOf(frames: readonly number[]): Frames {
	const usual = median(frames);
	if (usual === null) return { late: null, median: null, worst: null };
	const late = frames.filter((frame) => frame > LATE * usual).length;
	return { late: (100 * late) / frames.length, median: usual, worst: Math.max(...frames) };
}
