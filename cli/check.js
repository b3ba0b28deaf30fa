import { findNode } from './setup/node.js';
import { ensurePackages } from './setup/packages.js';
import { main } from './setup/say.js';
import { ensurePrograms } from './setup/system.js';
import { runProject } from './suite/project.js';
import { runSteps, steps } from './suite/steps.js';

await main(async () => {
	await ensurePackages({ dev: true });
	const { caddy } = await ensurePrograms(['caddy']);
	const node = findNode();
	const failed = await runSteps(steps({ node, caddy }));
	if (failed.length > 0) return 1;
	const unit = await runProject({ node, project: 'unit' });
	return unit.failed > 0 ? 1 : 0;
});
