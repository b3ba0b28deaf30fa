import { findNode } from './setup/node.js';
import { ensurePackages } from './setup/packages.js';
import { ROOT } from './setup/place.js';
import { run } from './setup/run.js';
import { main } from './setup/say.js';

await main(async () => {
	await ensurePackages({ dev: true });
	const { code } = await run(findNode(), [`${ROOT}/words/extract.ts`], { cwd: ROOT });
	return code ?? 1;
});
