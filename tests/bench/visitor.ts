import { parentPort, workerData } from 'node:worker_threads';
import { sleep } from './bench.ts';

const PAGE_EVERY_MS = 50;

const origin = workerData as string;

// In a thread of its own: a bench that sends files and reads answers would find its own work in the times of pages.
for (;;) {
	const asked = performance.now();
	const page = await fetch(origin, { headers: { Accept: 'text/html' } });
	await page.text();
	if (page.status !== 200) throw new Error(`the page answered ${page.status}`);
	parentPort?.postMessage(performance.now() - asked);
	await sleep(PAGE_EVERY_MS);
}
