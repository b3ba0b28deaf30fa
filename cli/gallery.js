import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ensureBuild } from './setup/build.js';
import { findNode } from './setup/node.js';
import { ensurePackages } from './setup/packages.js';
import { ROOT } from './setup/place.js';
import { SIGNALS } from './setup/run.js';
import { main } from './setup/say.js';
import { ensurePrograms } from './setup/system.js';

await main(async () => {
	const { chromium } = await ensurePrograms(['caddy', 'ffmpeg', 'ffprobe', 'chromium']);
	await ensurePackages({ dev: true });
	const node = findNode();
	await ensureBuild(node);
	const child = spawn(node, [`${ROOT}/tests/gallery/run.ts`, ...process.argv.slice(2)], {
		stdio: 'inherit',
		env: { ...process.env, CHROMIUM_BIN: chromium }
	});
	for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
	return new Promise((resolve) => {
		child.on('exit', (code, signal) =>
			resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL'])
		);
	});
});
