import { existsSync, watch } from 'node:fs';
import { findNode } from './setup/node.js';
import { ensurePackages } from './setup/packages.js';
import { ROOT } from './setup/place.js';
import { runPortal } from './setup/portal.js';
import { ensurePortsFree } from './setup/ports.js';
import { main } from './setup/say.js';
import { ensureDataDir, readSettings } from './setup/settings.js';
import { ensurePrograms } from './setup/system.js';

/** What Node runs; Vite sees to the rest. */
const WATCHED = ['server', 'src/lib/contracts', 'cli/dev-server.ts'];

/** An editor writes a file in several steps, and a checkout writes many. */
const SETTLED_MS = 150;

/** @param {() => void} onchange */
function watchServer(onchange) {
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	let timer;
	const soon = () => {
		clearTimeout(timer);
		timer = setTimeout(onchange, SETTLED_MS);
	};
	const watchers = WATCHED.filter((path) => existsSync(`${ROOT}/${path}`)).map((path) =>
		watch(`${ROOT}/${path}`, { recursive: true }, (_event, name) => {
			if (!name?.endsWith('.test.ts')) soon();
		})
	);
	return () => {
		clearTimeout(timer);
		for (const watcher of watchers) watcher.close();
	};
}

await main(async () => {
	const settings = readSettings(process.env);
	ensureDataDir(settings.dataDir);
	await ensurePortsFree(settings);
	const { caddy } = await ensurePrograms(['caddy', 'ffmpeg', 'ffprobe']);
	await ensurePackages({ dev: true });
	const env = { ...process.env, NODE_ENV: 'development' };
	const entry = 'cli/dev-server.ts';
	return runPortal({ node: findNode(), caddy, settings, entry, env, watch: watchServer });
});
