import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAddresses } from '../setup/addresses.js';
import { edgeEnv } from '../setup/edge.js';
import { ROOT } from '../setup/place.js';
import { run } from '../setup/run.js';
import { seconds } from '../setup/say.js';

/** @typedef {{ name: string, work: () => Promise<string | null> }} Step `work` gives null, or what is wrong */
/** @typedef {{ node: string, caddy: string }} Tools */

/** What was good and has not changed is not looked at again. */
const CACHE = 'node_modules/.cache';

/**
 * What is checked before any test. What stands in one row runs at the same time: each of these has one core.
 * @param {Tools} tools
 * @returns {Step[][]}
 */
export const steps = ({ node, caddy }) => [
	[
		{
			name: 'format',
			work: () =>
				tool(node, 'prettier/bin/prettier.cjs', [
					'--check',
					'--log-level=warn',
					'--cache',
					`--cache-location=${CACHE}/prettier-checked`,
					'.'
				])
		},
		{ name: 'edge', work: () => checkEdge(caddy) },
		{
			name: 'lint',
			work: async () =>
				(await tool(node, '@sveltejs/kit/svelte-kit.js', ['sync'])) ??
				(await tool(node, 'eslint/bin/eslint.js', [
					'--max-warnings=0',
					'--cache',
					`--cache-location=${CACHE}/eslint/`,
					'.'
				]))
		},
		{
			name: 'types',
			work: async () =>
				(await tool(node, 'typescript/bin/tsc', [
					...['-p', 'server', '--incremental'],
					...['--tsBuildInfoFile', `${CACHE}/tsc-server`]
				])) ??
				(await tool(node, 'svelte-check/bin/svelte-check', [
					'--fail-on-warnings',
					'--output=human'
				]))
		}
	]
];

/**
 * Runs the steps, saying how each went.
 * @param {readonly Step[][]} rows
 * @param {{ onward?: boolean }} [options] `onward`: a row that failed does not keep the next from running
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function runSteps(rows, { onward = false } = {}) {
	/** @type {string[]} */
	const failed = [];
	for (const row of rows) {
		failed.push(...(await Promise.all(row.map(runStep))).filter((name) => name !== null));
		if (failed.length > 0 && !onward) break;
	}
	return failed;
}

/** @param {Step} step */
async function runStep({ name, work }) {
	const begun = Date.now();
	const wrong = await work();
	const took = seconds(Date.now() - begun);
	process.stdout.write(
		`${name.padEnd(8)}${wrong === null ? `good, ${took}` : `FAILED, ${took}\n\n${wrong}\n`}\n`
	);
	return wrong === null ? null : name;
}

/**
 * @param {string} node
 * @param {string} path
 * @param {readonly string[]} args
 */
async function tool(node, path, args) {
	const { code, output } = await run(node, [`${ROOT}/node_modules/${path}`, ...args], {
		cwd: ROOT
	});
	return code === 0 ? null : output.trim();
}

/** One address, as by default; and several, with port 80. */
const TRIED = ['https://localhost:8443', 'https://a.example.org,https://b.example.org'];

/** @param {string} caddy */
async function checkEdge(caddy) {
	for (const file of ['Caddyfile', 'deploy/Caddyfile']) {
		const path = `${ROOT}/${file}`;
		if (!existsSync(path)) continue;
		const { output } = await run(caddy, ['fmt', path], { cwd: ROOT });
		// Caddy prints what it would write, and a word on it that newer ones add has another exit code.
		if (!output.includes(readFileSync(path, 'utf8').trim())) {
			return `${file} is not formatted: caddy fmt --overwrite ${file}`;
		}
	}
	// To validate is to prepare: Caddy makes its certificates on the way.
	const dataDir = mkdtempSync(join(tmpdir(), 'segue-edge-'));
	try {
		for (const addresses of TRIED.map(parseAddresses)) {
			const env = edgeEnv(process.env, { addresses, appPort: 3000, dataDir });
			const args = ['validate', '--config', 'Caddyfile', '--adapter', 'caddyfile'];
			const { code, output } = await run(caddy, args, { cwd: ROOT, env });
			if (code !== 0) return output.trim();
		}
		return null;
	} finally {
		rmSync(dataDir, { recursive: true, force: true });
	}
}
