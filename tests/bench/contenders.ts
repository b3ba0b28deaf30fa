import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { startEdge } from '../support/edge.ts';
import { freePort } from '../support/portal.ts';
import { openPage } from '../support/site.ts';
import { lastStored } from './network-log.ts';
import { PageMeter } from './page-meter.ts';

export type Contender = 'bare' | 'tus';

/** Longer than any of them takes. */
const PATIENCE_MS = 10 * 60_000;

/** Where the others send to: the same edge, the same disk, and as little behind it as can be. */
export async function startContenders() {
	const folder = await mkdtemp(path.join(tmpdir(), 'segue-sink-'));
	const sink = fork(new URL('sink.ts', import.meta.url), [folder], {
		stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
		env: { PATH: process.env['PATH'] }
	});
	const exited = once(sink, 'exit');
	const [appPort] = (await once(sink, 'message')) as [number];
	const origin = `https://localhost:${await freePort()}`;
	const edge = await startEdge({ appPort, dataDir: folder, addresses: [origin] });
	return {
		origin,
		/** @returns milliseconds from the choice of the files to the answer to the last of them */
		async send(
			context: BrowserContext,
			{ by, paths, lanes }: { by: Contender; paths: readonly string[]; lanes: number }
		): Promise<number> {
			const page = await openPage(context);
			page.setDefaultTimeout(PATIENCE_MS);
			const meter = await PageMeter.on(page);
			await page.goto(`${origin}/?by=${by}&lanes=${lanes}`, { waitUntil: 'networkidle' });
			await meter.begin(paths.length);
			await page.getByTestId('upload-input').setInputFiles([...paths]);
			const failed = await page.evaluate<number>('benchDone');
			if (failed > 0) throw new Error(`${by}: ${failed} files were not sent`);
			await meter.network.settled();
			const begunAt = await meter.begunAt();
			const storedAt = lastStored(meter.network.since(begunAt));
			await meter.close();
			await page.close();
			if (storedAt === null) throw new Error(`${by}: nothing was answered`);
			return storedAt - begunAt;
		},
		async close() {
			await edge.close();
			sink.kill();
			await exited;
			await rm(folder, { recursive: true, force: true });
		}
	};
}
