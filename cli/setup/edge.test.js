import { expect, test } from 'vitest';
import { parseAddresses } from './addresses.js';
import { edgeEnv } from './edge.js';

const settings = { appPort: 3000, dataDir: '/srv/music' };

test('Caddy writes into the data folder alone', () => {
	const addresses = parseAddresses('https://localhost:8443');

	expect(edgeEnv({ HOME: '/root' }, { ...settings, addresses })).toMatchObject({
		DATA_DIR: '/srv/music',
		XDG_CONFIG_HOME: '/srv/music/caddy',
		XDG_DATA_HOME: '/srv/music/caddy'
	});
});

test('http leads to https when an address is on 443, and otherwise port 80 is left alone', () => {
	const env = { EDGE_REDIRECTS: 'whatever stood here' };
	const onPort = (/** @type {string} */ text) =>
		edgeEnv(env, { ...settings, addresses: parseAddresses(text) }).EDGE_REDIRECTS;

	expect(onPort('https://music.example.org')).toBe(' ');
	expect(onPort('https://localhost:8443')).toBeUndefined();
});
