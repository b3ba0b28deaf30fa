import { readFileSync } from 'node:fs';
import { ROOT } from './place.js';
import { run } from './run.js';
import { Stop, step } from './say.js';

/** @typedef {{ version?: string, integrity?: string, dev?: boolean, optional?: boolean, devOptional?: boolean, peer?: boolean }} Entry */
/** @typedef {{ packages: Record<string, Entry> }} Lockfile */

/**
 * Installs the npm packages if those that are there are not those of the lockfile.
 * @param {{ dev: boolean }} wants whether those for tests and checks are needed too
 */
export async function ensurePackages({ dev }) {
	const wanted = /** @type {Lockfile} */ (read('package-lock.json'));
	const installed = read('node_modules/.package-lock.json');
	if (installed && isCurrent(wanted, installed, { dev })) return;

	// Who has the packages for tests keeps them, whatever is asked for now.
	const withDev = dev || (installed !== null && hasDev(installed));
	await step('Installing npm packages', () => install(withDev));
}

/**
 * Compares the lockfile with npm's own record of what it installed, which it writes last:
 * an install that was cut short has none.
 * @param {Lockfile} wanted
 * @param {Lockfile} installed
 * @param {{ dev: boolean }} wants
 */
export function isCurrent(wanted, installed, { dev }) {
	return Object.entries(wanted.packages).every(([path, entry]) => {
		if (path === '') return true;
		const there = installed.packages[path];
		// Packages for other platforms are never there.
		if (!there) return entry.optional || entry.devOptional || (entry.dev && !dev);
		return there.version === entry.version && there.integrity === entry.integrity;
	});
}

/** @param {Lockfile} installed */
export const hasDev = (installed) => Object.values(installed.packages).some((entry) => entry.dev);

/** @param {boolean} dev */
async function install(dev) {
	// Errors only: under an older system Node, npm warns of every package that asks for the newer one it is about to bring.
	const quiet = ['--loglevel=error', '--no-audit', '--no-fund', '--no-progress'];
	const args = ['ci', dev ? '--include=dev' : '--omit=dev', ...quiet];
	const [file, first] = npm();
	const { code, output } = await run(file, [...first, ...args], { cwd: ROOT });
	if (code !== 0)
		throw new Stop(`npm could not install the packages. It says:\n\n${output.trim()}`);
}

/**
 * The npm that started us, run by the Node that it runs on: ours is among the packages, and may be replaced.
 * @returns {[file: string, args: string[]]}
 */
function npm() {
	const { npm_execpath: cli, npm_node_execpath: node } = process.env;
	return cli?.endsWith('npm-cli.js') && node ? [node, [cli]] : ['npm', []];
}

/**
 * @param {string} path
 * @returns {Lockfile | null} null where there is none
 */
function read(path) {
	try {
		return JSON.parse(readFileSync(`${ROOT}/${path}`, 'utf8'));
	} catch {
		return null; // missing or half written: either way it is no record
	}
}
