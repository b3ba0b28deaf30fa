import { seconds } from '../setup/say.js';

/** @typedef {import('./project.js').Result} Result */

const SLOWEST = 10;

/** What each project may take on two cores; without budgets, tests grow until nobody runs them. */
export const BUDGETS_MS = {
	unit: 45_000,
	server: 150_000,
	faults: 60_000,
	corpus: 45_000,
	e2e: 420_000
};

/**
 * The end of a test run, in lines; the last one is read by machines.
 * @param {readonly Result[]} results
 * @param {{ failedSteps: readonly string[], ms: number }} run
 * @returns {string[]}
 */
export function summarise(results, { failedSteps, ms }) {
	const late = results.filter((result) => result.ms > budgetOf(result));
	const slowest = results
		.flatMap(({ tests }) => tests)
		.sort((a, b) => b.ms - a.ms)
		.slice(0, SLOWEST);
	return [
		...table(results),
		'',
		`The ${slowest.length} slowest tests:`,
		...slowest.map(({ ms, project, name }) => `${seconds(ms).padStart(8)}  ${project}: ${name}`),
		'',
		...late.map(
			(result) =>
				`WARNING: ${result.project} took ${seconds(result.ms)}, over its budget of ${seconds(budgetOf(result))}.`
		),
		...failedSteps.map((name) => `FAILED: ${name} (counted as one failure)`),
		`All of it took ${seconds(ms)}.`,
		'',
		total(results, failedSteps.length)
	];
}

/** @param {Result} result */
const budgetOf = ({ project }) =>
	/** @type {Record<string, number>} */ (BUDGETS_MS)[project] ?? Infinity;

/** @param {readonly Result[]} results */
function table(results) {
	const rows = results.map((result) => [
		result.project,
		`${result.passed} passed`,
		`${result.failed} failed`,
		`${result.skipped} skipped`,
		`${seconds(result.ms)} of ${seconds(budgetOf(result))}`
	]);
	const widths = [0, 1, 2, 3].map((i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
	return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
}

/**
 * @param {readonly Result[]} results
 * @param {number} failedSteps
 */
function total(results, failedSteps) {
	const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) =>
		results.reduce((all, result) => all + result[key], 0);
	const skipped = sum('skipped');
	const ends = `${sum('passed')} passed, ${sum('failed') + failedSteps} failed`;
	return skipped > 0 ? `${ends}, ${skipped} skipped` : ends;
}
