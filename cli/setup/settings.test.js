import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureDataDir, readSettings } from './settings.js';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'segue-settings-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('without any variable there are the defaults', () => {
	const { addresses, appPort, dataDir } = readSettings({});

	expect(addresses).toEqual([{ scheme: 'https', host: 'localhost', port: 8443 }]);
	expect(appPort).toBe(3000);
	expect(dataDir).toMatch(/^\/.*\/data$/);
});

test('NAME_FILE stands for what the file says', () => {
	const file = join(folder, 'port');
	writeFileSync(file, '3100\n');

	expect(readSettings({ APP_PORT_FILE: file }).appPort).toBe(3100);
	expect(() => readSettings({ DATA_DIR_FILE: join(folder, 'none') })).toThrow(
		'DATA_DIR_FILE names a file that cannot be read.'
	);
});

test.each(['x', '0', '65536', '80.5', '-1'])('APP_PORT %s is refused', (port) => {
	expect(() => readSettings({ APP_PORT: port })).toThrow(/^APP_PORT is not a port/);
});

test('the server and the edge may not have one port', () => {
	const env = { APP_PORT: '8443' };

	expect(() => readSettings(env)).toThrow(/both name port 8443/);
});

test('the data folder is made, for its owner alone', () => {
	const dataDir = join(folder, 'a/b');

	ensureDataDir(dataDir);

	expect(statSync(dataDir).mode & 0o777).toBe(0o700);
});

test('a file in the place of the data folder is said in one sentence', () => {
	const file = join(folder, 'file');
	writeFileSync(file, '');

	for (const dataDir of [file, join(file, 'below')]) {
		expect(() => ensureDataDir(dataDir)).toThrow(
			/^Segue cannot keep its data in .*: a file stands/
		);
	}
});
