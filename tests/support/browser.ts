import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { watch } from './watch.ts';

/** Where `npm test` installs it, or says so by CHROMIUM_BIN. */
export const CHROMIUM = process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium';

/** Nothing of its own accord, and TCP alone. */
export const QUIET = [
	'--no-sandbox',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync'
];

/** Everything to this port of localhost by HTTP/3, for whose certificate nobody vouches. @param key see `keyOf` */
export const byHttp3 = (port: number, key: string) => [
	...QUIET.filter((each) => each !== '--disable-quic'),
	'--enable-quic',
	`--origin-to-force-quic-on=localhost:${port}`,
	`--ignore-certificate-errors-spki-list=${key}`,
	// There is no second try at the other address family as there is with TCP.
	'--host-resolver-rules=MAP localhost 127.0.0.1'
];

interface BrowserOptions {
	width?: number;
	height?: number;
	/** Of a browser that was killed; otherwise an empty one. */
	profile?: string;
	args?: readonly string[];
	/** Takes the edge's authority for a good one: without it there are no service workers over TLS. */
	trusts?: boolean;
}

/** A real Chromium with a profile of its own. */
export async function startBrowser(options: BrowserOptions = {}) {
	const { width = 1280, height = 800, args = QUIET, trusts = false } = options;
	const profile = options.profile ?? (await mkdtemp(path.join(tmpdir(), 'segue-profile-')));
	const context = await chromium.launchPersistentContext(profile, {
		executablePath: CHROMIUM,
		headless: true,
		// The edge's own authority is nobody's but this run's.
		ignoreHTTPSErrors: true,
		// What a worker answers nobody here can hold up, and a page that came through it does not know how it came.
		serviceWorkers: trusts ? 'allow' : 'block',
		viewport: { width, height },
		args: trusts ? [...args, '--ignore-certificate-errors'] : [...args]
	});
	watch(context);
	return {
		context,
		profile,
		/** Ends it as a crash would; the profile stays. */
		async kill() {
			for (const pid of await processesOf(profile)) process.kill(pid, 'SIGKILL');
			await context.close().catch(() => {}); // it is gone already
		},
		async close() {
			await context.close();
			await rm(profile, { recursive: true, force: true });
		}
	};
}

/** What carried the page: `h2`, `http/1.1`. */
export function protocolOf(page: Page): Promise<string> {
	// A page that came through its service worker does not know; what it asked for itself does.
	return page.evaluate<string>(
		`['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type))
			.map(({ nextHopProtocol }) => nextHopProtocol).find(Boolean)`
	);
}

async function processesOf(profile: string): Promise<number[]> {
	const pids: number[] = [];
	for (const name of await readdir('/proc')) {
		const pid = Number(name);
		const line = pid > 0 ? await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '') : '';
		if (line.includes(`--user-data-dir=${profile}`)) pids.push(pid);
	}
	return pids;
}
