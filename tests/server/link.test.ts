import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LinkShape } from '../bench/emulation.ts';
import { Link } from '../bench/link.ts';
import { retryUntil } from '../support/until.ts';

/** 2 MB a second; 200 ms of it are 400 kB. */
const SHAPE: LinkShape = { megabitsPerSecond: 16, bufferMs: 200, delayMs: 0, control: null };
const BYTES_PER_MS = 2_000;
const BUFFER_BYTES = 400_000;

let link: Link;
let server: Server;
let port: number;
let received: number;
const clients: Socket[] = [];

/** Answers each `?` with `!`, and throws away what else it is sent. */
beforeEach(async () => {
	received = 0;
	server = createServer((socket) => {
		socket.on('error', () => {});
		socket.on('data', (bytes: Buffer) => {
			received += bytes.length;
			if (bytes.includes('?')) socket.write('!');
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (typeof address !== 'object' || !address) throw new Error('no port');
	link = new Link();
	port = await link.reach(address.port);
});
afterEach(async () => {
	for (const client of clients.splice(0)) client.destroy();
	await link.close();
	server.close();
});

async function open(): Promise<Socket> {
	const client = connect({ port, host: '127.0.0.1', noDelay: true });
	clients.push(client);
	client.on('error', () => {});
	await once(client, 'connect');
	return client;
}

/** @returns milliseconds until the answer */
async function ask(client: Socket): Promise<number> {
	const began = performance.now();
	client.write('?');
	await once(client, 'data');
	return performance.now() - began;
}

test('what is sent arrives at the rate of the link, by one connection or by three', async () => {
	await link.set(SHAPE);
	const BYTES = 1_200_000;
	for (const connections of [1, 3]) {
		const senders = await Promise.all(Array.from({ length: connections }, open));
		const began = performance.now();
		await Promise.all(
			senders.map(async (sender) => {
				sender.write(Buffer.alloc(BYTES / connections));
				await ask(sender);
			})
		);
		const ideal = BYTES / BYTES_PER_MS;
		expect((performance.now() - began) / ideal).toBeGreaterThan(0.95);
		expect((performance.now() - began) / ideal).toBeLessThan(1.05);
	}
});

test('a request waits behind what another connection has queued', async () => {
	await link.set(SHAPE);
	const [sender, asker] = [await open(), await open()];
	expect(await ask(asker)).toBeLessThan(50);
	sender.write(Buffer.alloc(4 * BUFFER_BYTES));
	await retryUntil(
		() => link.up.queued,
		(queued) => queued > 0.9 * BUFFER_BYTES
	);
	const waited = await ask(asker);
	expect(waited).toBeGreaterThan(0.8 * SHAPE.bufferMs);
	expect(waited).toBeLessThan(1.3 * SHAPE.bufferMs);
});

test('the queue is bounded, and what does not fit stays with its sender', async () => {
	await link.set(SHAPE);
	const sender = await open();
	const bytes = 4 * BUFFER_BYTES;
	sender.write(Buffer.alloc(bytes));
	await ask(sender);
	expect(received).toBe(bytes + 1);
	expect(link.up.mostQueued).toBeGreaterThan(0.9 * BUFFER_BYTES);
	expect(link.up.mostQueued).toBeLessThan(BUFFER_BYTES + 16 * 1024 + 1);
});

test('a delay is added each way and costs no rate', async () => {
	await link.set({ ...SHAPE, delayMs: 50 });
	const client = await open();
	expect(await ask(client)).toBeGreaterThanOrEqual(100);
	const began = performance.now();
	const bytes = 1_000_000;
	client.write(Buffer.alloc(bytes));
	await ask(client);
	const took = performance.now() - began;
	expect(took).toBeGreaterThan(100 + 0.95 * (bytes / BYTES_PER_MS));
	expect(took).toBeLessThan(100 + 1.1 * (bytes / BYTES_PER_MS));
});

test('the end of one side and a broken connection both get through', async () => {
	await link.set(SHAPE);
	const ends = new Promise<Socket>((resolve) => server.once('connection', resolve));
	const polite = await open();
	const there = await ends;
	polite.write(Buffer.alloc(100_000));
	polite.end();
	await once(there, 'end');
	expect(received).toBe(100_000);
	const breaks = new Promise<Socket>((resolve) => server.once('connection', resolve));
	const rude = await open();
	const other = await breaks;
	const closed = once(other, 'close');
	rude.write('x');
	rude.resetAndDestroy();
	await closed;
});
