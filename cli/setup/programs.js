import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.js';
import { isAtLeast, parseVersion } from './version.js';

/** @typedef {import('./version.js').Version} Version */
/** @typedef {'caddy' | 'ffmpeg' | 'ffprobe' | 'chromium' | 'supysonic' | 'waitress'} ProgramName */
/**
 * @typedef {object} Program
 * @property {string} title what people call it
 * @property {string[]} commands what it may be called on the PATH, or where it may lie
 * @property {string} asks the argument that makes it tell its version
 * @property {Version} oldest
 * @property {string} home where it is explained how to install it
 * @property {string[]} apt its packages on Debian and Ubuntu
 * @property {string | null} brew its name for brew; null where brew has it not
 */

const FFMPEG = {
	asks: '-version',
	oldest: /** @type {Version} */ ([5, 1, 0]),
	home: 'https://ffmpeg.org/download.html',
	apt: ['ffmpeg'],
	brew: 'ffmpeg'
};

/** @type {Record<ProgramName, Program>} */
export const PROGRAMS = {
	caddy: {
		title: 'Caddy',
		commands: ['caddy'],
		asks: 'version',
		oldest: [2, 6, 0],
		home: 'https://caddyserver.com/docs/install',
		apt: ['caddy'],
		brew: 'caddy'
	},
	ffmpeg: { title: 'ffmpeg', commands: ['ffmpeg'], ...FFMPEG },
	ffprobe: { title: 'ffprobe', commands: ['ffprobe'], ...FFMPEG },
	chromium: {
		title: 'Chromium',
		commands: [
			'chromium',
			'chromium-browser',
			'google-chrome',
			'google-chrome-stable',
			'/Applications/Chromium.app/Contents/MacOS/Chromium',
			'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
		],
		asks: '--version',
		oldest: [120, 0, 0],
		home: 'https://www.chromium.org/getting-involved/download-chromium/',
		apt: ['chromium', 'fonts-liberation'],
		brew: '--cask chromium'
	},
	supysonic: {
		title: 'supysonic',
		commands: ['supysonic-server'],
		asks: '--help',
		oldest: [0, 6, 0],
		home: 'https://github.com/spl0k/supysonic',
		apt: ['supysonic'],
		brew: null
	},
	waitress: {
		title: 'waitress',
		commands: ['waitress-serve'],
		asks: '--help',
		oldest: [1, 4, 0],
		home: 'https://github.com/Pylons/waitress',
		apt: ['python3-waitress'],
		brew: null
	}
};

/** Older ones work; newer ones close holes that are known. */
export const RECOMMENDED_CADDY = /** @type {Version} */ ([2, 11, 0]);

/** @typedef {{ state: 'found', path: string, version: Version | null } | { state: 'old', path: string, version: Version } | { state: 'missing' }} Finding */

/**
 * Looks for a program; one that is there but does not run counts as missing.
 * @param {ProgramName} name
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Finding>}
 */
export async function findProgram(name, env = process.env) {
	const { commands, asks, oldest } = PROGRAMS[name];
	for (const command of commands) {
		const path = onPath(command, env.PATH ?? '');
		if (!path) continue;
		const said = await run(path, [asks], { env }).catch(() => null);
		if (said?.code !== 0) continue;
		// A build from a source tree has no number, and is taken for new.
		const version = parseVersion(said.output.split('\n')[0] ?? '');
		if (version && !isAtLeast(version, oldest)) return { state: 'old', path, version };
		return { state: 'found', path, version };
	}
	return { state: 'missing' };
}

/**
 * @param {string} command
 * @param {string} path
 * @returns {string | null}
 */
export function onPath(command, path) {
	const candidates = command.startsWith('/')
		? [command]
		: path
				.split(delimiter)
				.filter(Boolean)
				.map((folder) => join(folder, command));
	return candidates.find(isProgram) ?? null;
}

/** @param {string} path */
function isProgram(path) {
	try {
		accessSync(path, constants.X_OK);
		return statSync(path).isFile();
	} catch {
		return false; // not here: the next folder may have it
	}
}
