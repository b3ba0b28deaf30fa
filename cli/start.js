import { ensureBuild } from './setup/build.js';
import { findNode } from './setup/node.js';
import { COMPILED } from './setup/place.js';
import { ensurePackages } from './setup/packages.js';
import { runPortal } from './setup/portal.js';
import { ensurePortsFree } from './setup/ports.js';
import { main } from './setup/say.js';
import { ensureDataDir, readSettings } from './setup/settings.js';
import { ensurePrograms } from './setup/system.js';

await main(async () => {
	const settings = readSettings(process.env);
	ensureDataDir(settings.dataDir);
	await ensurePortsFree(settings);
	const { caddy } = await ensurePrograms(['caddy', 'ffmpeg', 'ffprobe']);
	await ensurePackages({ dev: false });
	const node = findNode();
	await ensureBuild(node);
	const env = { NODE_COMPILE_CACHE: COMPILED, ...process.env, NODE_ENV: 'production' };
	return runPortal({ node, caddy, settings, entry: 'server/main.ts', env });
});
