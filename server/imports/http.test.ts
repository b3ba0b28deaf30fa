import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { LookupAddress } from 'node:dns';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { AllowedHosts } from './addresses.ts';
import { createHttpClient, decode, retryAfter } from './http.ts';
import type { SourceError } from './source-error.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of open.splice(0)) await close();
});

/** A server on the loopback, where nobody may get to unless they are let. */
async function serve(answer: RequestListener, host = '127.0.0.1') {
	const seen: { path: string; headers: Record<string, unknown> }[] = [];
	const server = createServer((request, response) => {
		seen.push({ path: request.url ?? '', headers: request.headers });
		answer(request, response);
	});
	let connections = 0;
	server.on('connection', () => (connections += 1));
	server.listen(0, host);
	await once(server, 'listening');
	open.push(() => {
		server.closeAllConnections();
		server.close();
	});
	const { port } = server.address() as { port: number };
	return { port, seen, connections: () => connections, url: `http://127.0.0.1:${port}` };
}

function client({
	allow = [] as string[],
	names = {} as Record<string, LookupAddress[][]>,
	slowest = { bytes: 1, ms: 60_000 }
} = {}) {
	const waits: number[] = [];
	let clock = Date.now();
	const http = createHttpClient({
		allowed: new AllowedHosts(allow),
		userAgent: 'Segue (+https://music.example/)',
		slowest,
		now: () => clock,
		pause: async (ms) => {
			waits.push(ms);
			clock += ms;
		},
		lookup: (host, done) => {
			const answers = names[host];
			const answer = answers && answers.length > 1 ? answers.shift() : answers?.[0];
			if (answer) done(null, answer);
			else done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
		}
	});
	open.push(() => http.close());
	return { ...http.client(), waits, counts: http.counts };
}

const failure = (promise: Promise<unknown>) =>
	promise.then(
		() => 'it came',
		(error: SourceError) => error.code
	);
const loopback: LookupAddress = { address: '127.0.0.1', family: 4 };
const far: LookupAddress = { address: '203.0.114.1', family: 4 };

test('no way of writing an inner address leads there, and all are refused alike', async () => {
	const canary = await serve((_request, response) => response.end('secret'));
	const { port } = canary;
	const { ask } = client({
		names: {
			'inner.test': [[loopback]],
			'mixed.test': [[far, loopback]],
			'six.test': [[{ address: '::1', family: 6 }]],
			'mapped.test': [[{ address: '::ffff:127.0.0.1', family: 6 }]],
			'none.test': [[]],
			localhost: [[loopback]]
		}
	});
	const hosts = [
		...[
			'127.0.0.1',
			'127.1',
			'2130706433',
			'0x7f000001',
			'0177.0.0.1',
			'127.0.0.1.',
			'0.0.0.0',
			'0'
		],
		...[
			'[::1]',
			'[::]',
			'[::ffff:127.0.0.1]',
			'[::ffff:7f00:1]',
			'[64:ff9b::7f00:1]',
			'[2002:7f00:1::]'
		],
		...[
			'localhost',
			'LOCALHOST',
			'inner.test',
			'inner.test.',
			'mixed.test',
			'six.test',
			'mapped.test'
		],
		...['none.test', '①②⑦.⓪.⓪.①', '１２７.0.0.1', '169.254.169.254', '10.0.0.1', 'nobody.test']
	];
	const urls = [
		...hosts.map((host) => `http://${host}:${port}/`),
		...[`http://user:pass@127.0.0.1:${port}/`, `http://1.1.1.1@127.0.0.1:${port}/`],
		...[`http://127.0.0.1:${port}#@1.1.1.1/`, `http://127.0.0.1:${port}\\@1.1.1.1/`],
		...[`ftp://127.0.0.1:${port}/`, `gopher://127.0.0.1:${port}/`, 'file:///etc/passwd', 'data:,x'],
		...['javascript:1', '//127.0.0.1', 'http://', 'http://1.1.1.1:22/', 'http://1.1.1.1:25/']
	];

	const codes = await Promise.all(urls.map((url) => failure(ask(url))));

	expect(new Set(codes)).toEqual(new Set(['unreachable']));
	expect(canary.connections()).toBe(0);
});

test('a name that changes its address between two looks is refused at the second', async () => {
	const server = await serve(
		(_request, response) => response.writeHead(200, { Connection: 'close' }).end('fine'),
		'0.0.0.0'
	);
	const url = `http://turn.test:${server.port}/`;
	const { ask, text } = client({
		allow: ['127.0.0.2'],
		names: { 'turn.test': [[{ address: '127.0.0.2', family: 4 }], [loopback]] }
	});

	expect((await text(url)).text).toBe('fine');
	expect(await failure(ask(url))).toBe('unreachable');
	expect(server.connections()).toBe(1);
});

test('no redirect leads inside, whatever its number, and credentials stay at home', async () => {
	const canary = await serve((_request, response) => response.end('secret'));
	const other = await serve((_request, response) => response.end('fine'));
	const start = await serve((request, response) => {
		const [, status = '', target = ''] = /^\/(\d+)\/(.*)$/.exec(request.url ?? '') ?? [];
		response.writeHead(Number(status), { Location: decodeURIComponent(target) }).end('body');
	});
	const { ask, text } = client({
		allow: ['start.test', 'other.test'],
		names: { 'start.test': [[loopback]], 'other.test': [[loopback]], localhost: [[loopback]] }
	});
	const from = (status: number, target: string) =>
		`http://start.test:${start.port}/${status}/${encodeURIComponent(target)}`;
	const inside = [
		...[`http://127.0.0.1:${canary.port}/`, `http://[::ffff:127.0.0.1]:${canary.port}/`],
		...[`http://localhost:${canary.port}/`, `//127.0.0.1:${canary.port}/`, 'file:///etc/passwd']
	];

	for (const status of [301, 302, 303, 307, 308]) {
		for (const target of inside) {
			expect(await failure(ask(from(status, target)))).toBe('unreachable');
		}
	}
	expect(canary.connections()).toBe(0);
	const away = from(302, `http://other.test:${other.port}/`);
	const headers = { authorization: 'Bearer x', cookie: 'a=b', 'x-token': 'c', accept: 'audio/*' };
	expect((await text(away, { headers })).text).toBe('fine');
	expect(start.seen.at(-1)?.headers).toMatchObject({ authorization: 'Bearer x', cookie: 'a=b' });
	expect(other.seen[0]?.headers).toMatchObject({ accept: 'audio/*' });
	for (const name of ['authorization', 'cookie', 'x-token']) {
		expect(other.seen[0]?.headers).not.toHaveProperty(name);
	}
});

test('a closed port, a port that slams shut and a forbidden one look the same', async () => {
	const shut = await serve((request) => request.socket.destroy());
	const closed = await serve(() => {});
	const { ask, waits } = client({ allow: ['127.0.0.1'] });
	const forbidden = client();
	const closedPort = closed.port;
	for (const close of open.splice(1, 1)) await close();

	expect(await failure(ask(shut.url))).toBe('unreachable');
	expect(await failure(ask(`http://127.0.0.1:${closedPort}/`))).toBe('unreachable');
	expect(await failure(forbidden.ask(shut.url))).toBe('unreachable');
	expect(waits).toHaveLength(4);
	expect(forbidden.waits).toHaveLength(2);
});

test('no more is unpacked than came a hundred times, nothing twice, and nothing without end', async () => {
	const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
	const { url } = await serve((request, response) => {
		if (request.url === '/bomb') {
			response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb);
		} else if (request.url === '/nested') {
			response.writeHead(200, { 'Content-Encoding': 'gzip, br' }).end(bomb);
		} else if (request.url === '/odd') {
			response.writeHead(200, { 'Content-Encoding': 'lzma' }).end(bomb);
		} else if (request.url === '/packed') {
			response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('plain'));
		} else if (request.url === '/headers') {
			response.writeHead(200, { 'X-Much': 'x'.repeat(64 * 1024) }).end();
		} else if (request.url === '/drip') {
			response.write('x');
		} else {
			const more = (error?: Error | null) =>
				error || response.destroyed || response.write(Buffer.alloc(64 * 1024), more);
			more();
		}
	});
	const { text } = client({ allow: ['127.0.0.1'] });
	const patient = client({ allow: ['127.0.0.1'], slowest: { bytes: 10, ms: 30 } });
	const large = { maxBytes: 100 * 1024 * 1024 };

	expect((await text(`${url}/packed`)).text).toBe('plain');
	expect(await failure(text(`${url}/bomb`, large))).toBe('bomb');
	expect(await failure(text(`${url}/nested`))).toBe('bomb');
	expect(await failure(text(`${url}/odd`))).toBe('not_understood');
	expect(await failure(text(`${url}/endless`))).toBe('too_large');
	expect(await failure(text(`${url}/headers`))).toBe('unreachable');
	expect(await failure(patient.text(`${url}/drip`))).toBe('timeout');
});

test('a host that asks for rest gets it, and what must not happen twice is not repeated', async () => {
	let asked = 0;
	const { url, seen } = await serve((request, response) => {
		asked += 1;
		if (request.method === 'POST') response.writeHead(503).end();
		else if (asked === 1) response.writeHead(429, { 'Retry-After': '7' }).end();
		else response.end('now');
	});
	const { text, ask, waits } = client({ allow: ['127.0.0.1'] });

	expect((await text(url)).text).toBe('now');
	expect(waits[0]).toBe(7_000);
	const before = seen.length;
	expect(await failure(ask(url, { method: 'POST', body: 'x' }))).toBe('source_failed');
	expect(seen.length).toBe(before + 1);
});

test('many requests share few connections, and say who asks', async () => {
	const { url, seen, connections } = await serve((_request, response) => response.end('x'));
	const { ask } = client({ allow: ['127.0.0.1'] });

	for (let n = 0; n < 30; n += 1) await buffer((await ask(url)).body);

	// One more where a connection is not free again by the next request.
	expect(connections()).toBeLessThanOrEqual(2);
	expect(seen[0]?.headers['user-agent']).toBe('Segue (+https://music.example/)');
});

test('a rest is seconds or a date, a text is what it says it is', () => {
	expect(retryAfter('120', 0)).toBe(120_000);
	expect(retryAfter('Thu, 01 Jan 1970 00:00:09 GMT', 4_000)).toBe(5_000);
	expect(retryAfter('soon', 0)).toBeNull();
	expect(decode(Buffer.from([0xe9]), 'text/xml; charset=iso-8859-1')).toBe('é');
	expect(
		decode(Buffer.from('<?xml version="1.0" encoding="latin1"?>\xe9', 'latin1'), null)
	).toContain('é');
});
