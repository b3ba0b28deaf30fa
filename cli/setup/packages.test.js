import { expect, test } from 'vitest';
import { hasDev, isCurrent } from './packages.js';

const kit = { version: '2.70.4', integrity: 'sha512-a' };
const vitest = { version: '5.1.1', integrity: 'sha512-b', dev: true };
const apple = { version: '26.10.0', integrity: 'sha512-c', optional: true };
const wanted = {
	packages: {
		'': {},
		'node_modules/kit': kit,
		'node_modules/vitest': vitest,
		'node_modules/node-apple': apple
	}
};

test('what the lockfile names is there, other platforms’ packages aside', () => {
	const installed = { packages: { 'node_modules/kit': kit, 'node_modules/vitest': vitest } };

	expect(isCurrent(wanted, installed, { dev: true })).toBe(true);
	expect(hasDev(installed)).toBe(true);
});

test('without the packages for tests the portal starts and the tests do not', () => {
	const installed = { packages: { 'node_modules/kit': kit } };

	expect(isCurrent(wanted, installed, { dev: false })).toBe(true);
	expect(isCurrent(wanted, installed, { dev: true })).toBe(false);
	expect(hasDev(installed)).toBe(false);
});

test('another version, or another content under the same version, is installed anew', () => {
	for (const other of [{ version: '2.70.3' }, { integrity: 'sha512-z' }]) {
		const installed = { packages: { 'node_modules/kit': { ...kit, ...other } } };

		expect(isCurrent(wanted, installed, { dev: false })).toBe(false);
	}
});
