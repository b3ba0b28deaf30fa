import { on, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Person } from '#contracts/account';
import type { LiveMessage } from '#contracts/live';
import type { Working } from '#contracts/work';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { catalogueInMemory } from '../catalogue/in-memory.ts';
import type { Log } from '../ops/log.ts';
import { createLive, type Live } from './live.ts';

/** Far shorter than the beat of the news, so that pings come between two of them. */
const PING_MS = 20;

const ada: Person = { id: 'ada', email: 'ada@portal.test', name: 'Ada', role: 'owner' };
const quiet = () => {};
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

let catalogue: Catalogue;
let live: Live;
let server: Server;
let socket: WebSocket | null = null;
let working: Working[] = [];

beforeEach(async () => {
	catalogue = await catalogueInMemory();
	const received = () => ({ one: 5 });
	live = createLive({
		catalogue,
		person: async () => ada,
		received,
		working: () => working,
		log,
		pingMs: PING_MS
	});
	server = createServer().on('upgrade', (...upgrade) => live.upgrade(...upgrade));
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
});
afterEach(async () => {
	socket?.terminate();
	await live.close();
	server.close();
	await catalogue.close();
});

/** Asks for the next message, in the order they come. */
async function listen() {
	const { port } = server.address() as AddressInfo;
	const opened = new WebSocket(`ws://127.0.0.1:${port}/live`);
	socket = opened;
	const messages = on(opened, 'message');
	await once(opened, 'open');
	opened.send(JSON.stringify({ since: null }));
	return async () => {
		const { value } = (await messages.next()) as { value: [Buffer] };
		return JSON.parse(String(value[0])) as LiveMessage;
	};
}

test('who is told no news is told that there are none, at each ping', async () => {
	const next = await listen();

	const said = [await next(), await next(), await next()];

	expect(said).toEqual(said.map(() => ({ seq: 0, events: [] })));
});

test('no keep-alive goes to whom nothing was said yet', async () => {
	const { port } = server.address() as AddressInfo;
	const opened = new WebSocket(`ws://127.0.0.1:${port}/live`);
	socket = opened;
	const messages: unknown[] = [];
	opened.on('message', (data) => messages.push(data));

	await once(opened, 'ping');
	await once(opened, 'ping');

	expect(messages).toEqual([]);
});

test('the keep-alive brings what no beat told', async () => {
	const next = await listen();
	await next();

	// As a transaction that took longer than the beat that followed it.
	await catalogue.events.add(null, { type: 'track_ready', trackId: 'late' }, Date.now());
	let said = await next();
	while (said.events.length === 0) said = await next();

	expect(said).toEqual({ seq: 1, events: [{ type: 'track_ready', trackId: 'late' }] });
});

test('who comes new hears what is worked on now, and who was away hears the last word of it alone', async () => {
	const piece = { uploadId: 'one', trackId: null, stage: 'tags' } as const;
	working = [piece];
	await live.say(null, { type: 'track_ready', trackId: 'earlier' });
	const greeting = await (await listen())();
	working = [];
	const added = { email: ada.email, name: 'Ada', role: 'owner', passwordHash: '', now: 0 } as const;
	const person = (await catalogue.people.add(added)) as Person;
	const first = await live.sayInPlace(person.id, { type: 'work_changed', work: [piece] }, null);
	await live.sayInPlace(person.id, { type: 'work_changed', work: [] }, first);
	const away = await live.since(person, greeting.seq);

	expect(greeting.events).toEqual([{ type: 'work_changed', work: [piece] }]);
	expect(away).toEqual({ seq: 3, events: [{ type: 'work_changed', work: [] }] });
});

test('a measurement is answered at once, however many news wait', async () => {
	const next = await listen();
	await next();

	socket?.send(JSON.stringify({ ping: 7 }));
	let said: object = await next();
	while (!('pong' in said)) said = await next();

	expect(said).toEqual({
		...{ pong: 7, lateMs: expect.any(Number), at: expect.any(Number) },
		received: { one: 5 }
	});
});

test('before it has said where it stands a page measures nothing', async () => {
	const { port } = server.address() as AddressInfo;
	const opened = new WebSocket(`ws://127.0.0.1:${port}/live`);
	socket = opened;
	await once(opened, 'open');

	opened.send(JSON.stringify({ ping: 1 }));

	const [code] = (await once(opened, 'close')) as [number];
	expect(code).toBe(1008);
});

test('who measures without end is answered now and then, and keeps its channel', async () => {
	await listen();
	const pongs: number[] = [];
	socket?.on('message', (data) => {
		const said = JSON.parse(String(data)) as { pong?: number };
		if (said.pong !== undefined) pongs.push(said.pong);
	});

	for (let ping = 0; ping < 500; ping += 1) socket?.send(JSON.stringify({ ping }));
	await once(socket as WebSocket, 'ping');
	await once(socket as WebSocket, 'ping');

	expect(pongs.length).toBeGreaterThan(0);
	expect(pongs.length).toBeLessThan(200);
	expect(socket?.readyState).toBe(WebSocket.OPEN);
});

test('a thousand changes of state are few messages, and none is lost', async () => {
	await live.close();
	live = createLive({
		catalogue,
		person: async () => ada,
		received: () => ({}),
		working: () => [],
		log
	});
	const next = await listen();
	await next();
	const begun = performance.now();

	for (let at = 0; at < 1_000; at++) {
		const event = { type: 'upload_changed', uploadId: `${at}`, state: 'verifying' } as const;
		await live.say(null, event);
		if (at % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
	}
	const heard: string[] = [];
	let messages = 0;
	while (heard.length < 1_000) {
		const { events } = await next();
		messages += 1;
		for (const event of events) if (event.type === 'upload_changed') heard.push(event.uploadId);
	}

	expect(heard).toEqual(Array.from({ length: 1_000 }, (_, at) => `${at}`));
	const seconds = (performance.now() - begun) / 1_000;
	expect(messages).toBeLessThanOrEqual(4 * seconds + 1);
});
