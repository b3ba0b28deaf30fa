import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildEnv, hashSources, keepOld } from './build.js';

const DAY_MS = 24 * 60 * 60 * 1000;

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'segue-build-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/**
 * @param {string} path
 * @param {string} [content]
 */
function write(path, content = path) {
	const file = join(folder, path);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, content);
	return file;
}

test('a build is stale when a source changed, came or went, and not when a test did', () => {
	write('src/routes/+page.svelte', '<h1>one</h1>');
	const before = hashSources(folder);

	const extra = write('src/lib/track.ts');
	expect(hashSources(folder)).not.toBe(before);
	rmSync(extra);
	expect(hashSources(folder)).toBe(before);

	write('src/lib/track.test.ts');
	write('server/main.ts');
	expect(hashSources(folder)).toBe(before);

	write('src/routes/+page.svelte', '<h1>two</h1>');
	expect(hashSources(folder)).not.toBe(before);
});

test('what open tabs may still ask for outlives two builds, then goes', () => {
	const name = (/** @type {string} */ build, /** @type {string} */ file) =>
		`${build}/client/_app/immutable/${file}`;
	const has = (/** @type {string} */ build, /** @type {string} */ file) =>
		existsSync(join(folder, name(build, file)));
	const builds = ['0', '1', '2', '3'];
	for (const build of builds) {
		write(name(build, `${build}.js`));
		write(name(build, 'same.js'));
	}

	for (const build of builds) {
		const old = join(folder, String(Number(build) - 1));
		const generations = keepOld(old, join(folder, build), Date.now());
		write(`${build}/stamp.json`, JSON.stringify({ sources: '', generations }));
	}

	expect(['0.js', '1.js', '2.js', '3.js', 'same.js'].map((file) => has('3', file))).toEqual([
		false,
		true,
		true,
		true,
		true
	]);
});

test('what is older than a month is not carried on', () => {
	const old = write('old/client/_app/immutable/a.js');
	utimesSync(old, new Date(Date.now() - 31 * DAY_MS), new Date(Date.now() - 31 * DAY_MS));
	write('old/stamp.json', JSON.stringify({ sources: '', generations: [['a.js']] }));
	write('new/client/_app/immutable/b.js');

	keepOld(join(folder, 'old'), join(folder, 'new'), Date.now());

	expect(existsSync(join(folder, 'new/client/_app/immutable/a.js'))).toBe(false);
});

test('a build that a test starts knows nothing of the test', () => {
	const env = buildEnv({ TEST: 'true', VITEST: 'true', NODE_ENV: 'test', PATH: '/bin' }, '/out');

	expect(env).toEqual({ PATH: '/bin', NODE_ENV: 'production', BUILD_DIR: '/out' });
});
