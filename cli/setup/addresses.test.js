import { expect, test } from 'vitest';
import {
	edgePorts,
	forCaddy,
	formatAddress,
	isLocal,
	parseAddresses,
	redirects
} from './addresses.js';

test('an address without a scheme is https, without a port the scheme’s own', () => {
	expect(parseAddresses('music.example.org')).toEqual([
		{ scheme: 'https', host: 'music.example.org', port: 443 }
	]);
	expect(parseAddresses('http://localhost')).toEqual([
		{ scheme: 'http', host: 'localhost', port: 80 }
	]);
});

test('several addresses are written for Caddy with a space after each comma', () => {
	const addresses = parseAddresses('https://a.example.org/,https://[::1]:8443 , localhost:9443');

	expect(forCaddy(addresses)).toBe(
		'https://a.example.org, https://[::1]:8443, https://localhost:9443'
	);
});

test.each(['', ' , ', 'ftp://a.example', 'https://a/b', 'https://a:b:c', 'a:0', 'a:65536', 'a b!'])(
	'"%s" is refused in one sentence that does not repeat it',
	(text) => {
		expect(() => parseAddresses(text)).toThrow(
			/^SITE_ADDRESS is not an address: write it like .*$/
		);
	}
);

test('port 80 belongs to the edge when an address is https on 443, and only then', () => {
	expect(edgePorts(parseAddresses('https://music.example.org'))).toEqual([443, 80]);
	expect(edgePorts(parseAddresses('https://localhost:8443, https://localhost:9443'))).toEqual([
		8443, 9443
	]);
	expect(redirects(parseAddresses('http://localhost:443'))).toBe(false);
});

test('a standard port is not shown', () => {
	const [plain, other] = parseAddresses('https://a.example:443,http://a.example:8080');

	expect(plain && formatAddress(plain)).toBe('https://a.example');
	expect(other && formatAddress(other)).toBe('http://a.example:8080');
});

test.each([
	['https://localhost:8443', true],
	['https://192.168.1.4', true],
	['https://studio.local', true],
	['https://music.example.org', false]
])('whether %s is known to this network alone: %s', (text, expected) => {
	expect(parseAddresses(text).map(isLocal)).toEqual([expected]);
});
