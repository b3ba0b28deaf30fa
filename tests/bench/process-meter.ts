import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { TestPortal } from '../support/portal.ts';
import { percentile, sleep } from './bench.ts';

/** Linux counts in these; no other unit was seen in decades. */
const TICKS_A_SECOND = 100;
const RSS_EVERY_MS = 250;
const IDLE_MS = 15_000;
const MB = 1e6;

/** For a portal that is measured: METRICS_TOKEN. */
export const METRICS_TOKEN = 'a-token-for-the-bench';

/** CPU seconds of a process until now, and of all that it started and that ended. */
export async function cpuSeconds(pid: number): Promise<{ own: number; children: number }> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
	// The program's name may hold anything; fields are counted behind it, from the third.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
	return {
		own: (user + system) / TICKS_A_SECOND,
		children: (childUser + childSystem) / TICKS_A_SECOND
	};
}

/** Node looks so often, and counts this too. */
const LOOKED_EVERY_MS = 10;

/** For how long the server's event loop had no time, p99 in ms since it was asked last. */
export async function eventLoopP99(portal: TestPortal): Promise<number | null> {
	const [seconds] = await metric(portal, /^nodejs_eventloop_lag_p99_seconds (\S+)$/gm);
	return seconds === undefined ? null : Math.max(0, seconds * 1000 - LOOKED_EVERY_MS);
}

/** For how long the server stood still since it began, while its garbage was collected. */
export async function collectorSeconds(portal: TestPortal): Promise<number> {
	const kinds = await metric(portal, /^nodejs_gc_duration_seconds_sum\{.*\} (\S+)$/gm);
	return kinds.reduce((sum, seconds) => sum + seconds, 0);
}

/** How many files are encoded at this moment. */
export async function encodersAtWork(portal: TestPortal): Promise<number> {
	const [running] = await metric(
		portal,
		/^segue_jobs\{kind="rendition",state="running"\} (\S+)$/gm
	);
	return running ?? 0;
}

async function metric(portal: TestPortal, line: RegExp): Promise<number[]> {
	const response = await fetch(`${portal.origin}/metrics`, {
		headers: { Authorization: `Bearer ${METRICS_TOKEN}` }
	});
	return [...(await response.text()).matchAll(line)].map(([, value]) => Number(value));
}

/** Asks for the first page over and over, as somebody who looks around, and watches the server's memory. */
export class ProcessMeter {
	readonly #portal: TestPortal;
	readonly #visitor: Worker;
	readonly #weighing: Promise<void>;
	#times: number[] = [];
	#isOver = false;
	mostRssMb = 0;

	constructor(portal: TestPortal) {
		this.#portal = portal;
		this.#visitor = new Worker(new URL('./visitor.ts', import.meta.url), {
			workerData: portal.origin
		});
		this.#visitor.on('message', (tookMs: number) => this.#times.push(tookMs));
		this.#weighing = this.#weigh();
	}

	/** p95 in ms of the pages since it was asked last. */
	takePageP95(): number | null {
		const times = this.#times;
		this.#times = [];
		return percentile(times, 95);
	}

	/** The page's p95 in ms while nothing else is under way. */
	async idlePageP95(): Promise<number | null> {
		await once(this.#visitor, 'message');
		this.takePageP95();
		await sleep(IDLE_MS);
		return this.takePageP95();
	}

	async close(): Promise<void> {
		this.#isOver = true;
		await this.#visitor.terminate();
		await this.#weighing;
	}

	async #weigh() {
		while (!this.#isOver) {
			const status = await readFile(`/proc/${this.#portal.pid}/status`, 'utf8');
			const kib = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
			this.mostRssMb = Math.max(this.mostRssMb, (kib * 1024) / MB);
			await sleep(RSS_EVERY_MS);
		}
	}
}
