import { expect, test } from 'vitest';
import { summarise } from './report.js';

const result = { project: 'unit', passed: 2, failed: 0, skipped: 0, ms: 1_000, tests: [] };
const whole = { failedSteps: [], ms: 2_000 };

test('the last line is the sum over all projects, alone', () => {
	const other = { ...result, project: 'server', passed: 3, failed: 1 };

	expect(summarise([result, other], whole).at(-1)).toBe('5 passed, 1 failed');
	expect(summarise([{ ...result, skipped: 4 }], whole).at(-1)).toBe(
		'2 passed, 0 failed, 4 skipped'
	);
});

test('a check that failed is a failure, by name', () => {
	const lines = summarise([result], { ...whole, failedSteps: ['lint'] });

	expect(lines.join('\n')).toContain('FAILED: lint');
	expect(lines.at(-1)).toBe('2 passed, 1 failed');
});

test('a project over its budget is warned of', () => {
	const lines = summarise([{ ...result, ms: 100_000 }], whole);

	expect(lines).toContain('WARNING: unit took 100 s, over its budget of 45 s.');
	expect(summarise([result], whole).join('\n')).not.toContain('WARNING');
});

test('the ten slowest tests of all projects are named, the slowest first', () => {
	const tests = Array.from({ length: 12 }, (_, i) => ({
		project: 'unit',
		name: `test ${i}`,
		ms: i * 1_000
	}));

	const lines = summarise([{ ...result, tests }], whole);

	const named = lines.filter((line) => line.includes('unit: test'));
	expect(named).toHaveLength(10);
	expect(named[0]).toContain('11 s  unit: test 11');
});
