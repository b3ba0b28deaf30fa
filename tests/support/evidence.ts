import { afterEach, beforeEach } from 'vitest';
import { printPages } from './watch.ts';

/** Enough to read every page before the test is given up. */
const HEAD_START_MS = 3000;

beforeEach(({ task }) => {
	const timer = setTimeout(
		() => void printPages(`${task.name}, about to run out of time`),
		Math.max(0, task.timeout - HEAD_START_MS)
	);
	return () => clearTimeout(timer);
});
afterEach(async ({ task }) => {
	if (task.result?.state === 'fail') await printPages(task.name);
});
