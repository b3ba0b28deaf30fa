import path from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from './config.ts';

test('an empty environment is a portal on localhost with its data beside it', () => {
	const config = loadConfig({});

	expect(config.site.addresses).toEqual(['https://localhost:8443']);
	expect(config.http.port).toBe(3000);
	expect(config.dataDir).toBe(path.resolve('data'));
	expect(config.owner).toBeNull();
});

test('everything that is wrong is said at once, and no value is', () => {
	const env = {
		APP_PORT: 'eighty',
		REGISTRATION: 'everybody',
		OWNER_PASSWORD: 'hunter2',
		DATABASE_URL: 'mysql://root:secret@db'
	};

	expect(() => loadConfig(env)).toThrow(
		/APP_PORT[^]*DATABASE_URL[^]*OWNER_PASSWORD[^]*REGISTRATION/
	);
	expect(() => loadConfig(env)).not.toThrow(/hunter2|secret|eighty|everybody/);
});

test('an owner needs both halves', () => {
	expect(() => loadConfig({ OWNER_EMAIL: 'a@b.example' })).toThrow('together or not at all');
});

test('a secret may lie in a file, and a file that is not there is named', () => {
	const read = (file: string) => {
		if (file !== '/run/secrets/token') throw new Error('ENOENT');
		return 'a-token-of-some-length\n';
	};

	expect(loadConfig({ METRICS_TOKEN_FILE: '/run/secrets/token' }, { read }).metrics.token).toBe(
		'a-token-of-some-length'
	);
	expect(() => loadConfig({ METRICS_TOKEN_FILE: '/nowhere' }, { read })).toThrow(
		'METRICS_TOKEN_FILE: names a file that cannot be read'
	);
});

test('several addresses are separated by commas', () => {
	const { site } = loadConfig({ SITE_ADDRESS: 'https://a.example, http://192.168.1.5:8080' });

	expect(site.addresses).toEqual(['https://a.example', 'http://192.168.1.5:8080']);
});
