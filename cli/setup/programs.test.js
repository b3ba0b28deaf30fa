import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findProgram } from './programs.js';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'segue-programs-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/**
 * @param {string} name
 * @param {string} script
 */
function place(name, script) {
	const path = join(folder, name);
	writeFileSync(path, `#!/bin/sh\n${script}\n`);
	chmodSync(path, 0o755);
	return path;
}

test('a program that is new enough is found, with its version', async () => {
	const path = place('caddy', 'echo v2.11.4 h1:x');

	expect(await findProgram('caddy', { PATH: folder })).toEqual({
		state: 'found',
		path,
		version: [2, 11, 4]
	});
});

test('one that is too old is told apart from one that is missing', async () => {
	place('ffmpeg', 'echo ffmpeg version 4.4.2');

	expect(await findProgram('ffmpeg', { PATH: folder })).toMatchObject({ state: 'old' });
	expect(await findProgram('ffprobe', { PATH: folder })).toEqual({ state: 'missing' });
});

test('one that does not run is missing', async () => {
	place('caddy', 'exit 3');

	expect(await findProgram('caddy', { PATH: folder })).toEqual({ state: 'missing' });
});

test('a build without a number is taken for new', async () => {
	place('caddy', 'echo "(devel)"');

	expect(await findProgram('caddy', { PATH: folder })).toMatchObject({
		state: 'found',
		version: null
	});
});
