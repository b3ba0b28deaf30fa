import { existsSync, readdirSync } from 'node:fs';
import { ensureBuild } from './setup/build.js';
import { findNode } from './setup/node.js';
import { ensurePackages } from './setup/packages.js';
import { ROOT } from './setup/place.js';
import { main, say, seconds } from './setup/say.js';
import { ensurePrograms, wishPrograms } from './setup/system.js';
import { runProject } from './suite/project.js';
import { BUDGETS_MS, summarise } from './suite/report.js';
import { runSteps, steps } from './suite/steps.js';

/** @param {string} project */
const hasTests = (project) =>
	project === 'unit' ||
	(existsSync(`${ROOT}/tests/${project}`) &&
		readdirSync(`${ROOT}/tests/${project}`, { recursive: true, encoding: 'utf8' }).some((file) =>
			file.endsWith('.test.ts')
		));

await main(async () => {
	const begun = Date.now();
	const { caddy, chromium } = await ensurePrograms(['caddy', 'ffmpeg', 'ffprobe', 'chromium']);
	// A real server of somebody else's to import from.
	const lacking = await wishPrograms(['supysonic', 'waitress']);
	if (lacking.length > 0) {
		say(`${lacking.join(' and ')} cannot be had here: tests that need it are skipped.`);
	}
	await ensurePackages({ dev: true });
	const node = findNode();
	const failedSteps = await runSteps(steps({ node, caddy }), { onward: true });
	await ensureBuild(node);

	const env = { ...process.env, CHROMIUM_BIN: chromium };
	const results = [];
	for (const project of Object.keys(BUDGETS_MS)) {
		if (!hasTests(project)) {
			say(`\n${project}: no tests yet, skipped`);
			continue;
		}
		say(`\n${project}, ${seconds(Date.now() - begun)} from the start`);
		results.push(await runProject({ node, project, env }));
	}

	const lines = summarise(results, { failedSteps, ms: Date.now() - begun });
	say(`\n${lines.join('\n')}`);
	return failedSteps.length > 0 || results.some(({ failed }) => failed > 0) ? 1 : 0;
});
