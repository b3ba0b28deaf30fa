/** @typedef {[major: number, minor: number, patch: number]} Version */

/**
 * Reads the first version in what a program says of itself.
 * @param {string} text
 * @returns {Version | null} null for what was built from a source tree and has no number
 */
export function parseVersion(text) {
	const found = /(?:^|[^\d.])(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
	return found && [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
}

/**
 * @param {Version} version
 * @param {Version} floor
 */
export function isAtLeast(version, floor) {
	for (const i of /** @type {const} */ ([0, 1, 2])) {
		if (version[i] !== floor[i]) return version[i] > floor[i];
	}
	return true;
}
