import { expect, test } from 'vitest';
import { AllowedHosts, embeddedV4, isAllowedEntry, isPublic } from './addresses.ts';

test.each([
	...['127.0.0.1', '127.255.255.254', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255'],
	...['192.168.1.1', '169.254.169.254', '100.64.0.1', '192.0.0.8', '198.18.0.1', '224.0.0.1'],
	...['240.0.0.1', '255.255.255.255', '203.0.113.5', '192.0.2.1', '198.51.100.7'],
	...['::', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:a9fe:a9fe'],
	...['64:ff9b::7f00:1', '64:ff9b::10.0.0.1', '64:ff9b:1::1', '2002:7f00:1::', '2002:0a00:0001::1'],
	...['::127.0.0.1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd12:3456::1', 'fec0::1', 'ff02::1'],
	...['2001:db8::1', '2001::1', '2001:0:7f00:1::', '3fff::1', '5f00::1', '100::1', 'localhost', '']
])('%s is not one machine on the public net', (address) => {
	expect(isPublic(address)).toBe(false);
});

test.each([
	'1.1.1.1',
	'172.15.0.1',
	'172.32.0.1',
	'2606:4700::1111',
	'::ffff:1.1.1.1',
	'64:ff9b::101:101'
])('%s is public', (address) => {
	expect(isPublic(address)).toBe(true);
});

test('IPv4 is found in IPv6, however that is written', () => {
	expect(embeddedV4('::FFFF:192.168.0.1')).toBe('192.168.0.1');
	expect(embeddedV4('0:0:0:0:0:ffff:c0a8:1')).toBe('192.168.0.1');
	expect(embeddedV4('2606:4700::1111')).toBeNull();
});

test('what the owner allows is allowed and nothing beside it', () => {
	const allowed = new AllowedHosts(['nas.lan', '192.168.1.0/24', 'fd00::/8', '10.0.0.7']);

	expect(['NAS.lan.', '192.168.1.9', '10.0.0.7'].map((host) => allowed.hasHost(host))).toEqual([
		...[true, true, true]
	]);
	expect(allowed.hasAddress('fd12::1')).toBe(true);
	expect(allowed.hasAddress('::ffff:192.168.1.9')).toBe(true);
	expect(
		['lan', 'evil-nas.lan', '192.168.2.1', '10.0.0.8'].map((host) => allowed.hasHost(host))
	).toEqual([false, false, false, false]);
});

test.each(['nas.lan', '10.0.0.0/8', '::1', 'fd00::/8'])('%s may be named', (entry) => {
	expect(isAllowedEntry(entry)).toBe(true);
});

test.each(['10.0.0.0/33', 'http://nas', 'a b', '-x', '*.lan', '10.0.0.0/8/8'])(
	'%s may not',
	(entry) => {
		expect(isAllowedEntry(entry)).toBe(false);
	}
);
