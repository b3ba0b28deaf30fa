import { createHash } from 'node:crypto';
import {
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './place.js';
import { run } from './run.js';
import { step, Stop } from './say.js';

const SOURCES = [
	'src',
	'words',
	'static',
	'svelte.config.js',
	'vite.config.ts',
	'package-lock.json'
];
const IMMUTABLE = 'client/_app/immutable';
const STAMP = 'stamp.json';

/** An open tab asks for the parts of its own build. One that slept longer than this reloads. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const KEPT_BUILDS = 2;

/** @typedef {{ sources: string, generations: string[][] }} Stamp the newest generation of immutable files first */

/**
 * Builds the pages if they are older than their sources.
 * @param {string} node
 */
export async function ensureBuild(node) {
	const sources = hashSources(ROOT);
	const build = `${ROOT}/build`;
	if (readStamp(build)?.sources === sources) return;
	await step('Building the pages', () => buildPages(node, build, sources));
}

/**
 * @param {string} node
 * @param {string} build
 * @param {string} sources
 */
async function buildPages(node, build, sources) {
	// Built aside and moved when it is whole: a build that fails leaves the one before as it was.
	const aside = `${ROOT}/.svelte-kit/build-${process.pid}`;
	try {
		const { code, output } = await run(node, [`${ROOT}/node_modules/vite/bin/vite.js`, 'build'], {
			cwd: ROOT,
			env: buildEnv(process.env, aside)
		});
		if (code !== 0) throw new Stop(`The pages could not be built. Vite says:\n\n${output.trim()}`);
		const generations = keepOld(build, aside, Date.now());
		/** @type {Stamp} */
		const stamp = { sources, generations };
		writeFileSync(join(aside, STAMP), JSON.stringify(stamp));
		replace(build, aside);
	} finally {
		rmSync(aside, { recursive: true, force: true });
	}
}

/**
 * A build started by a test must not notice: under TEST, Kit lets server modules into pages.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} out
 * @returns {NodeJS.ProcessEnv}
 */
export function buildEnv(env, out) {
	const kept = Object.entries(env).filter(([name]) => name !== 'TEST' && !/^VITEST/.test(name));
	return { ...Object.fromEntries(kept), NODE_ENV: 'production', BUILD_DIR: out };
}

/**
 * Carries what the builds before served into the new one, so that open tabs survive an upgrade.
 * @param {string} old
 * @param {string} fresh
 * @param {number} now
 * @returns {string[][]} the generations that the new build holds
 */
export function keepOld(old, fresh, now) {
	const current = filesUnder(join(fresh, IMMUTABLE));
	const before = readStamp(old)?.generations.slice(0, KEPT_BUILDS) ?? [];
	const here = new Set(current);
	const kept = before.map((generation) =>
		generation.filter((file) => {
			if (here.has(file)) return true;
			const from = join(old, IMMUTABLE, file);
			if (!existsSync(from) || now - statSync(from).mtimeMs > KEPT_MS) return false;
			const to = join(fresh, IMMUTABLE, file);
			mkdirSync(dirname(to), { recursive: true });
			cpSync(from, to, { preserveTimestamps: true });
			here.add(file);
			return true;
		})
	);
	return [current, ...kept];
}

/**
 * @param {string} build
 * @param {string} aside
 */
function replace(build, aside) {
	const old = `${aside}-old`;
	if (existsSync(build)) renameSync(build, old);
	renameSync(aside, build);
	rmSync(old, { recursive: true, force: true });
}

/**
 * One number for everything that the pages are built from. Their tests are not among it.
 * @param {string} root
 */
export function hashSources(root) {
	const hash = createHash('sha256');
	for (const source of SOURCES) {
		const path = join(root, source);
		if (!existsSync(path)) continue;
		const files = statSync(path).isDirectory() ? filesUnder(path).sort() : [''];
		for (const file of files.filter((name) => !/\.test\.ts$/.test(name))) {
			hash
				.update(`${source}/${file}\0`)
				.update(readFileSync(join(path, file)))
				.update('\0');
		}
	}
	return hash.digest('hex');
}

/** @param {string} folder */
function filesUnder(folder) {
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
		statSync(join(folder, file)).isFile()
	);
}

/**
 * @param {string} build
 * @returns {Stamp | null}
 */
function readStamp(build) {
	try {
		return JSON.parse(readFileSync(join(build, STAMP), 'utf8'));
	} catch {
		return null; // no build, or one made by hand
	}
}
