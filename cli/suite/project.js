import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../setup/place.js';
import { run } from '../setup/run.js';

/** @typedef {{ name: string, project: string, ms: number }} Test */
/** @typedef {{ project: string, passed: number, failed: number, skipped: number, ms: number, tests: Test[] }} Result */
/** @typedef {{ status: string, fullName: string, duration?: number | null }} Assertion */
/** @typedef {{ testResults: { status: string, assertionResults: Assertion[] }[] }} Report as vitest's json reporter writes it */

/**
 * Runs one vitest project, once: what fails by chance fails.
 * @param {{ node: string, project: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<Result>}
 */
export async function runProject({ node, project, env = process.env }) {
	const folder = mkdtempSync(join(tmpdir(), 'segue-tests-'));
	const file = join(folder, 'report.json');
	const begun = Date.now();
	const args = ['run', '--project', project, '--allowOnly=false', '--retry=0'];
	const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
	try {
		const vitest = `${ROOT}/node_modules/vitest/vitest.mjs`;
		const { code } = await run(node, [vitest, ...args, ...reporters], {
			cwd: ROOT,
			env,
			show: true
		});
		return tally(project, read(file), { code, ms: Date.now() - begun });
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/**
 * @param {string} project
 * @param {Report | null} report null where vitest wrote none
 * @param {{ code: number, ms: number }} run
 * @returns {Result}
 */
export function tally(project, report, { code, ms }) {
	const files = report?.testResults ?? [];
	const assertions = files.flatMap((file) => file.assertionResults);
	const passed = assertions.filter(({ status }) => status === 'passed').length;
	const broken = assertions.filter(({ status }) => status === 'failed').length;
	// A file that does not load has no test to fail.
	const unloaded = files.filter(
		({ status, assertionResults }) =>
			status === 'failed' && !assertionResults.some((one) => one.status === 'failed')
	).length;
	// Nor has an error that escaped every test, or a run that never came to its report.
	const escaped = (code !== 0 || !report) && broken + unloaded === 0 ? 1 : 0;
	return {
		project,
		passed,
		failed: broken + unloaded + escaped,
		skipped: assertions.length - passed - broken,
		ms,
		tests: assertions.map((one) => ({ project, name: one.fullName, ms: one.duration ?? 0 }))
	};
}

/**
 * @param {string} file
 * @returns {Report | null}
 */
function read(file) {
	try {
		return JSON.parse(readFileSync(file, 'utf8'));
	} catch {
		return null; // vitest ended before its report
	}
}
