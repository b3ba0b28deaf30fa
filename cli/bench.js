import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuild } from './setup/build.js';
import { Child } from './setup/child.js';
import { findNode } from './setup/node.js';
import { ensurePackages } from './setup/packages.js';
import { ROOT } from './setup/place.js';
import { SIGNALS } from './setup/run.js';
import { main } from './setup/say.js';
import { ensurePrograms } from './setup/system.js';

const PATIENCE_MS = 10_000;

const args = process.argv.slice(2);
const isListing = args.every((arg) => arg.startsWith('-'));
const print = process.stdout.write.bind(process.stdout);

await main(async () => {
	if (args.includes('--json')) {
		// The document has the output to itself: what the set-up says goes beside it.
		process.stdout.write = process.stderr.write.bind(process.stderr);
	}
	if (isListing) {
		await ensurePackages({ dev: true });
		return runBench(findNode(), {});
	}
	const { chromium } = await ensurePrograms(['caddy', 'ffmpeg', 'ffprobe', 'chromium']);
	await ensurePackages({ dev: true });
	const node = findNode();
	await ensureBuild(node);
	return runBench(node, { CHROMIUM_BIN: chromium });
});

/**
 * All its files lie in one folder and all its processes are in one group: however it ends, none of them stays.
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} the exit code
 */
async function runBench(node, env) {
	const folder = mkdtempSync(join(tmpdir(), 'segue-bench-'));
	try {
		const child = new Child(node, [`${ROOT}/tests/bench/run.ts`, ...args], {
			cwd: ROOT,
			env: { ...process.env, ...env, TMPDIR: folder },
			online: (line, from) =>
				from === 'stdout' ? print(`${line}\n`) : process.stderr.write(`${line}\n`)
		});
		for (const signal of SIGNALS) process.on(signal, () => void child.stop(PATIENCE_MS));
		const { code, signal } = await child.ended;
		return code ?? 128 + constants.signals[signal ?? 'SIGKILL'];
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
