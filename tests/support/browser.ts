import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';

/** Where `npm test` installs it, or says so by CHROMIUM_BIN. */
const EXECUTABLE = process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium';

/** A real Chromium with an empty profile. */
export async function startBrowser({ width = 1280, height = 800 } = {}) {
	const profile = await mkdtemp(path.join(tmpdir(), 'segue-profile-'));
	const context = await chromium.launchPersistentContext(profile, {
		executablePath: EXECUTABLE,
		headless: true,
		// The edge's own authority is nobody's but this run's.
		ignoreHTTPSErrors: true,
		viewport: { width, height },
		args: [
			'--no-sandbox',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync'
		]
	});
	return {
		context,
		async close() {
			await context.close();
			await rm(profile, { recursive: true, force: true });
		}
	};
}

/** What carried the page: `h2`, `http/1.1`. */
export function protocolOf(page: Page): Promise<string> {
	return page.evaluate<string>("performance.getEntriesByType('navigation')[0].nextHopProtocol");
}
