import { readFile } from 'node:fs/promises';
import type { TestPortal } from '../support/portal.ts';
import { percentile, sleep } from './bench.ts';

/** Linux counts in these; no other unit was seen in decades. */
const TICKS_A_SECOND = 100;
const RSS_EVERY_MS = 250;
const PAGE_EVERY_MS = 50;
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

/** For how long the server's event loop had no time, p99 in ms since it was asked last. */
export async function eventLoopP99(portal: TestPortal): Promise<number | null> {
	const response = await fetch(`${portal.origin}/metrics`, {
		headers: { Authorization: `Bearer ${METRICS_TOKEN}` }
	});
	const line = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(await response.text());
	return line ? Number(line[1]) * 1000 : null;
}

/** Asks for a page over and over, as somebody who looks around, and watches the server's memory. */
export class ProcessMeter {
	readonly #portal: TestPortal;
	#times: number[] = [];
	#isOver = false;
	readonly #watching: Promise<unknown>;
	mostRssMb = 0;

	constructor(portal: TestPortal) {
		this.#portal = portal;
		this.#watching = Promise.all([this.#look(), this.#weigh()]);
	}

	/** p95 in ms of the pages since it was asked last. */
	takePageP95(): number | null {
		const times = this.#times;
		this.#times = [];
		return percentile(times, 95);
	}

	async close(): Promise<void> {
		this.#isOver = true;
		await this.#watching;
	}

	async #look() {
		while (!this.#isOver) {
			const asked = performance.now();
			const page = await fetch(this.#portal.origin, { headers: { Accept: 'text/html' } });
			await page.text();
			if (page.status !== 200) throw new Error(`the page answered ${page.status}`);
			this.#times.push(performance.now() - asked);
			await sleep(PAGE_EVERY_MS);
		}
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
