import { expect, test } from 'vitest';
import { tally } from './project.js';

const assertion = (/** @type {string} */ status) => ({ status, fullName: 'a test', duration: 3 });
const file = (/** @type {string} */ status, /** @type {string[]} */ ...statuses) => ({
	status,
	assertionResults: statuses.map(assertion)
});

test('tests are counted by how they ended', () => {
	const report = { testResults: [file('failed', 'passed', 'failed', 'pending', 'todo')] };

	expect(tally('unit', report, { code: 1, ms: 9 })).toMatchObject({
		passed: 1,
		failed: 1,
		skipped: 2,
		ms: 9
	});
});

test('a file that does not load counts as a failure', () => {
	const report = { testResults: [file('failed'), file('passed', 'passed')] };

	expect(tally('unit', report, { code: 1, ms: 9 })).toMatchObject({ passed: 1, failed: 1 });
});

test('an error outside every test, and a run without a report, count as a failure', () => {
	const report = { testResults: [file('passed', 'passed')] };

	expect(tally('unit', report, { code: 1, ms: 9 })).toMatchObject({ passed: 1, failed: 1 });
	expect(tally('unit', null, { code: 137, ms: 9 })).toMatchObject({ passed: 0, failed: 1 });
	expect(tally('unit', null, { code: 0, ms: 9 })).toMatchObject({ passed: 0, failed: 1 });
});
