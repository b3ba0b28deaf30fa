import { expect, test } from 'vitest';
import { probe } from './probe.ts';

test.each([
	[206, 'there'],
	[200, 'there'],
	[404, 'gone'],
	[401, 'signed_out'],
	[502, 'unreachable'],
	[429, 'unreachable']
])('%d means %s', async (status, verdict) => {
	expect(await probe('/s', () => Promise.resolve(new Response(null, { status })))).toBe(verdict);
});

test('a dead network is no reason to give up', async () => {
	expect(await probe('/s', () => Promise.reject(new TypeError('failed')))).toBe('unreachable');
});
