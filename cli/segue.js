#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { findNode } from './setup/node.js';
import { COMPILED, ROOT } from './setup/place.js';
import { SIGNALS } from './setup/run.js';
import { main, Stop } from './setup/say.js';

await main(async () => {
	if (!existsSync(`${ROOT}/node_modules/.package-lock.json`)) {
		throw new Stop('Run `npm start` first: it installs what segue needs.');
	}
	const args = [`${ROOT}/cli/segue.ts`, ...process.argv.slice(2)];
	const child = spawn(findNode(), args, {
		stdio: 'inherit',
		env: { NODE_COMPILE_CACHE: COMPILED, ...process.env }
	});
	for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
	return new Promise((resolve) => {
		child.on('exit', (code, signal) =>
			resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL'])
		);
	});
});
