import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** @typedef {{ code: number, output: string }} Outcome */

/**
 * Runs a program to its end without a word; what it said is in the outcome.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean }} [options] `show` lets it speak for itself
 * @returns {Promise<Outcome>}
 */
export function run(file, args, { cwd, env, show = false } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(file, args, {
			cwd,
			env,
			stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe']
		});
		let output = '';
		const keep = (/** @type {Buffer} */ chunk) => (output += chunk.toString());
		child.stdout?.on('data', keep);
		child.stderr?.on('data', keep);

		/** @type {(signal: NodeJS.Signals) => void} */
		const passOn = (signal) => {
			child.kill(signal);
			process.exit(128 + constants.signals[signal]);
		};
		for (const signal of SIGNALS) process.on(signal, passOn);
		const undo = () => {
			for (const signal of SIGNALS) process.off(signal, passOn);
		};

		child.on('error', (error) => {
			undo();
			reject(error);
		});
		child.on('close', (code) => {
			undo();
			resolve({ code: code ?? 1, output });
		});
	});
}

/** What ends a command from outside. */
export const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
