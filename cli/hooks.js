import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ROOT } from './setup/place.js';

/** @param {string[]} args */
const git = (...args) =>
	execFileSync('git', args, {
		cwd: ROOT,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore']
	}).trim();

/** Hooks that someone chose stay. */
function hooksPath() {
	try {
		return git('config', '--local', 'core.hooksPath');
	} catch {
		return ''; // git's way to say that it is not set
	}
}

// Runs at the end of every install: whatever is missing here, an install is not to fail of it.
if (existsSync(`${ROOT}/.git`)) {
	try {
		if (!hooksPath()) git('config', 'core.hooksPath', '.githooks');
	} catch {
		// no git on this machine, or a checkout of someone else: there is nothing to hook into
	}
}
