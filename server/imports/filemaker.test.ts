import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { AllowedHosts } from './addresses.ts';
import { createFileMaker } from './filemaker.ts';
import { createHttpClient } from './http.ts';
import { Reader } from './reader.ts';
import type { ListedItem } from './items.ts';
import type { OpenSource, SourceContext } from './source.ts';

/** The server's side of the Data API, as its guide describes it; it misbehaves as it is told. */
const origin = {
	records: 450,
	sessions: new Set<string>(),
	opened: 0,
	closed: 0,
	/** The most that were open at once. */
	most: 0,
	/** Answers one request for records as if the session had ended. */
	forgetOnce: false,
	/** Refuses containers of sessions that were opened before this one. */
	containersFrom: 0,
	leadsAway: '',
	loops: false,
	cookies: [] as string[]
};

let server: Server;
let elsewhere: Server;
let base = '';
const atElsewhere: (string | undefined)[] = [];
const reader = new Reader();
const http = createHttpClient({
	allowed: new AllowedHosts(['127.0.0.0/8']),
	userAgent: 'Segue test',
	pause: async () => {}
});

beforeAll(async () => {
	server = createServer((request, response) => void answer(request, response));
	elsewhere = createServer((request, response) => {
		atElsewhere.push(request.headers.cookie);
		response.end('from elsewhere');
	});
	for (const each of [server, elsewhere]) {
		each.listen(0, '127.0.0.1');
		await once(each, 'listening');
	}
	base = urlOf(server);
});
afterAll(async () => {
	await reader.close();
	await http.close();
	for (const each of [server, elsewhere]) each.close();
});
beforeEach(() => {
	Object.assign(origin, { records: 450, opened: 0, closed: 0, most: 0, cookies: [] });
	Object.assign(origin, { forgetOnce: false, containersFrom: 0, leadsAway: '', loops: false });
	origin.sessions.clear();
});

const urlOf = (of: Server) => {
	const address = of.address();
	return typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
};

async function answer(request: IncomingMessage, response: ServerResponse) {
	const url = new URL(request.url ?? '', base);
	const reply = (status: number, code: string, body: object = {}) => {
		response.writeHead(status, { 'Content-Type': 'application/json' });
		response.end(JSON.stringify({ response: body, messages: [{ code, message: '' }] }));
	};
	const api = '/fmi/data/vLatest/databases/My%20Music';
	if (url.pathname.startsWith('/Streaming_SSL/')) return container(request, response, url);
	if (!url.pathname.startsWith(api)) return reply(500, '802');
	const path = url.pathname.slice(api.length);
	if (path === '/sessions' && request.method === 'POST') {
		const basic = Buffer.from('ann:se:cret').toString('base64');
		if (request.headers.authorization !== `Basic ${basic}`) return reply(401, '212');
		origin.opened += 1;
		const token = `token-${origin.opened}`;
		origin.sessions.add(token);
		origin.most = Math.max(origin.most, origin.sessions.size);
		return reply(200, '0', { token });
	}
	if (path.startsWith('/sessions/') && request.method === 'DELETE') {
		origin.closed += 1;
		origin.sessions.delete(path.slice('/sessions/'.length));
		return reply(200, '0');
	}
	const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
	if (origin.forgetOnce) {
		origin.forgetOnce = false;
		origin.sessions.clear();
	}
	if (!origin.sessions.has(token)) return reply(401, '952');
	if (!path.startsWith('/layouts/Web%20songs/records')) return reply(500, '105');
	const [, one] = /records\/(\d+)$/.exec(path) ?? [];
	if (one !== undefined) return reply(200, '0', { data: [record(Number(one), token)] });
	const offset = Number(url.searchParams.get('_offset'));
	const limit = Number(url.searchParams.get('_limit'));
	if (offset > origin.records) return reply(500, '101');
	const count = Math.min(limit, origin.records - offset + 1);
	reply(200, '0', {
		dataInfo: { foundCount: origin.records },
		data: Array.from({ length: count }, (_, at) => record(offset + at, token))
	});
}

const record = (n: number, token: string) => ({
	recordId: String(n),
	modId: '3',
	portalData: {},
	fieldData: {
		'Song::Name': `Song ${n}`,
		Band: 'The Records',
		Side: 'two',
		Position: n,
		Released: '1999-12-31',
		Audio:
			n === 2 ? '' : `${base}/Streaming_SSL/MainDB/${token}-${n}.mp3?RCType=EmbeddedRCFileProcessor`
	}
});

function container(request: IncomingMessage, response: ServerResponse, url: URL) {
	const [, session, n] = /token-(\d+)-(\d+)\.mp3/.exec(url.pathname) ?? [];
	origin.cookies.push(request.headers.cookie ?? '');
	if (Number(session) < origin.containersFrom) return response.writeHead(401).end();
	if (origin.loops || request.headers.cookie !== `X-FMS-Session-Key=key-${session}-${n}`) {
		response.setHeader('Set-Cookie', `X-FMS-Session-Key=key-${session}-${n}; Path=/; HttpOnly`);
		return response.writeHead(302, { Location: origin.leadsAway || url.href }).end();
	}
	const bytes = Buffer.from(`the music of ${n}`);
	const [, from] = /bytes=(\d+)-/.exec(request.headers.range ?? '') ?? [];
	if (from === undefined || request.headers['if-range'] !== '"same"') {
		response.writeHead(200, { ETag: '"same"', 'Content-Type': 'audio/mpeg' });
		return response.end(bytes);
	}
	response.writeHead(206, {
		ETag: '"same"',
		'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`
	});
	response.end(bytes.subarray(Number(from)));
}

const ORDER = {
	source: 'filemaker',
	database: 'My Music',
	username: 'ann',
	password: 'se:cret',
	layout: 'Web songs',
	fields: {
		file: 'Audio',
		title: 'Song::Name',
		artist: 'Band',
		trackNumber: 'Position',
		discNumber: 'Side',
		date: 'Released'
	}
} as const;

const context = () =>
	({
		...{ outgoing: http.client(), reader },
		signal: new AbortController().signal
	}) as unknown as SourceContext;
const open = (source = createFileMaker(), order: object = {}): Promise<OpenSource> =>
	source.open({ ...ORDER, url: base, ...order }, context());

async function all(source: OpenSource): Promise<Map<string, ListedItem>> {
	const items = new Map<string, ListedItem>();
	for (let cursor: string | null = null; ;) {
		const page = await source.list(cursor);
		for (const item of page.items) items.set(item.sourceId, item);
		cursor = page.next;
		if (cursor === null) return items;
	}
}

const FRESH = { offset: 0, ifRange: null };
const itemOf = (n: number) => ({ sourceId: `${n}`, name: 'x.mp3', locator: `${n}` });
async function read(
	source: OpenSource,
	n: number,
	resume: { offset: number; ifRange: string | null } = FRESH
) {
	const { offset, body } = await source.fetch(itemOf(n), resume);
	return [offset, (await buffer(body)).toString()];
}

test('all records with music are listed by the map of fields, over one session that is ended', async () => {
	const source = await open();
	const items = await all(source);
	await source.close?.();

	expect(items.size).toBe(449);
	expect(items.get('450')).toEqual({
		sourceId: '450',
		name: 'Song 450.mp3',
		changed: '3',
		locator: '450',
		describe: {
			title: 'Song 450',
			artist: 'The Records',
			trackNumber: 450,
			date: '1999-12-31'
		}
	});
	expect([origin.opened, origin.closed]).toEqual([1, 1]);
});

test('a session that the server forgot is opened again once, however many ask', async () => {
	const source = await open();
	await source.list(null);
	origin.forgetOnce = true;

	const pages = await Promise.all([source.list(null), source.list('100'), source.list('200')]);

	expect(pages.map(({ items }) => items.length > 0)).toEqual([true, true, true]);
	expect(origin.opened).toBe(2);
	await source.close?.();
});

test('a session is renewed before the server ends it', async () => {
	let now = 0;
	const source = await open(createFileMaker({ now: () => now }));
	await source.list(null);
	now += 10 * 60_000;
	await source.list(null);
	expect(origin.opened).toBe(1);
	now += 15 * 60_000;
	await source.list(null);
	expect(origin.opened).toBe(2);
});

test('two imports of one account share a session, and the last one ends it', async () => {
	const filemaker = createFileMaker();
	const [one, two] = [await open(filemaker), await open(filemaker)];
	await Promise.all([one.list(null), two.list(null)]);
	await one.close?.();
	expect([origin.opened, origin.closed]).toEqual([1, 0]);
	await two.close?.();
	expect([origin.opened, origin.closed, origin.most]).toEqual([1, 1, 1]);
});

test('music is fetched with the cookie of its own address, and goes on from a byte', async () => {
	const source = await open();
	expect(await read(source, 7)).toEqual([0, 'the music of 7']);
	expect(await read(source, 8, { offset: 4, ifRange: '"same"' })).toEqual([4, 'music of 8']);
	expect(await read(source, 9, { offset: 4, ifRange: '"other"' })).toEqual([0, 'the music of 9']);
	expect(origin.cookies.slice(0, 2)).toEqual(['', 'X-FMS-Session-Key=key-1-7']);
});

test('an address that went with its session is asked for anew', async () => {
	const source = await open();
	await source.list(null);
	origin.containersFrom = 2;
	expect(await read(source, 7)).toEqual([0, 'the music of 7']);
	expect(origin.opened).toBe(2);

	origin.containersFrom = 99;
	await expect(read(source, 7)).rejects.toMatchObject({ code: 'not_allowed', scope: 'item' });
});

test('a cookie does not go to another server', async () => {
	origin.leadsAway = urlOf(elsewhere);
	const source = await open();
	expect(await read(source, 7)).toEqual([0, 'from elsewhere']);
	expect(atElsewhere).toEqual([undefined]);
});

test('a redirect that never ends is left', async () => {
	origin.loops = true;
	const source = await open();
	await expect(read(source, 7)).rejects.toMatchObject({ code: 'too_many_redirects' });
	expect(origin.cookies).toHaveLength(4);
});

test.each([
	['wrong_credentials', 'another password', { password: 'no' }],
	['not_there', 'another layout', { layout: 'None' }],
	['not_there', 'another database', { database: 'None' }]
])('%s: %s ends the import', async (code, _what, order) => {
	const source = await open(createFileMaker(), order);
	await expect(source.list(null)).rejects.toMatchObject({ code, scope: 'source' });
});

test.each([
	['no container', { title: 'Song::Name' }],
	['a field that we do not have', { file: 'Audio', colour: 'Colour' }]
])('an order with %s is refused before anything is asked', (_what, fields) => {
	const admit = () =>
		createFileMaker().admit?.({ ...ORDER, url: base, fields } as never, {} as never);
	expect(admit).toThrow(expect.objectContaining({ code: 'bad_request' }));
	expect(origin.opened).toBe(0);
});
