import { afterEach, beforeEach } from 'vitest';
import { openContexts } from './browser.ts';

/** Enough to read every page before the test is given up. */
const HEAD_START_MS = 3000;
const TEXT_CHARACTERS = 1500;

/** What every open page says, for whoever reads of a failure that he cannot see. */
async function printPages(why: string) {
	for (const context of openContexts) {
		for (const page of context.pages()) {
			// In a page that hangs nothing answers.
			const said = await Promise.race([
				page.evaluate<string>('document.body.innerText').catch(String),
				new Promise<string>((resolve) => setTimeout(resolve, HEAD_START_MS / 3, 'no answer'))
			]);
			const text = said.replace(/\s*\n\s*/g, ' · ').slice(0, TEXT_CHARACTERS);
			process.stderr.write(`${why}: ${page.url()} says: ${text}\n`);
		}
	}
}

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
