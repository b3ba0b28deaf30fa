import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { findNode } from './setup/node.js';
import { ensurePackages } from './setup/packages.js';
import { ROOT } from './setup/place.js';
import { SIGNALS } from './setup/run.js';
import { main } from './setup/say.js';
import { ensurePrograms } from './setup/system.js';

await main(async () => {
	await ensurePrograms(['ffmpeg']);
	await ensurePackages({ dev: false });
	const args = [`${ROOT}/cli/demo/run.ts`, ...process.argv.slice(2)];
	const child = spawn(findNode(), args, { stdio: 'inherit' });
	for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
	return new Promise((resolve) => {
		child.on('exit', (code, signal) =>
			resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL'])
		);
	});
});
