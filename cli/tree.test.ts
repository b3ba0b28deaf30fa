import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isAtLeast, parseVersion, type Version } from './setup/version.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Names that say nothing of what a folder is for. */
const NAMELESS = ['utils', 'common', 'shared', 'types', 'services', 'managers', 'core', 'misc'];

const MADE = ['node_modules', '.git', '.svelte-kit', 'build', 'data', 'coverage', 'test-results'];

/** Below these, packages have holes that are known. */
const FLOORS: Record<string, Version> = {
	'@sveltejs/kit': [2, 70, 4],
	'@tus/server': [2, 4, 3],
	'better-auth': [1, 7, 24],
	'fast-xml-parser': [5, 5, 6],
	'music-metadata': [11, 15, 0],
	undici: [8, 12, 4],
	ws: [8, 23, 0]
};

function files(): string[] {
	if (existsSync(`${root}.git`)) {
		// What is not added yet counts too: it soon will be.
		const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
		return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0');
	}
	return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
		(file) => !MADE.includes(file.split('/')[0] ?? '')
	);
}

test('every folder is named for what it holds', () => {
	const folders = new Set(files().flatMap((file) => file.split('/').slice(0, -1)));

	expect(NAMELESS.filter((name) => folders.has(name))).toEqual([]);
});

test('no package in the lockfile is one with a known hole', () => {
	const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as {
		packages: Record<string, { version?: string }>;
	};

	const low = Object.entries(packages).filter(([path, { version }]) => {
		const floor = FLOORS[path.replace(/^.*node_modules\//, '')];
		const found = floor && parseVersion(version ?? '');
		return found && !isAtLeast(found, floor);
	});

	expect(low).toEqual([]);
});
