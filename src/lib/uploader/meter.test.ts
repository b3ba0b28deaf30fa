import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Meter, type MeterSocket } from './meter.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

class FakeSocket implements MeterSocket {
	readonly sent: unknown[] = [];
	isClosed = false;
	onopen: MeterSocket['onopen'] = null;
	onmessage: MeterSocket['onmessage'] = null;
	onclose: MeterSocket['onclose'] = null;

	send(data: string) {
		this.sent.push(JSON.parse(data));
	}
	close() {
		this.isClosed = true;
	}
	opens() {
		this.onopen?.(undefined as never);
	}
	breaks() {
		this.onclose?.(undefined as never);
	}
	says(data: unknown) {
		this.onmessage?.({ data: typeof data === 'string' ? data : JSON.stringify(data) });
	}
}

function setUp() {
	const sockets: FakeSocket[] = [];
	let asked = 0;
	const meter = new Meter({
		open() {
			const socket = new FakeSocket();
			sockets.push(socket);
			return socket;
		},
		async fetch() {
			asked += 1;
			await vi.advanceTimersByTimeAsync(30);
			return new Response('ok');
		},
		now: () => Date.now()
	});
	return { meter, sockets, asked: () => asked };
}

/** With a socket that is open. */
async function open() {
	const all = setUp();
	await all.meter.ping();
	const socket = all.sockets[0]!;
	socket.opens();
	return { ...all, socket };
}

test('a measurement is what a frame takes there and back, and says how late the server was and what has come', async () => {
	const { meter, socket } = await open();
	const measured = meter.ping();
	await vi.advanceTimersByTimeAsync(70);

	socket.says({ pong: 1, lateMs: 20, at: Date.now() - 40, received: { s1: 5 } });

	expect(socket.sent).toEqual([{ measures: true }, { ping: 1 }]);
	expect(await measured).toEqual({ ms: 70, serverMs: 20, backMs: 40, received: { s1: 5 } });
});

test('until there is a socket the same is asked for over HTTP, and not as often', async () => {
	const { meter, asked } = setUp();

	const trips = [await meter.ping(), await meter.ping()];
	await vi.advanceTimersByTimeAsync(200);
	trips.push(await meter.ping());

	expect(trips).toEqual([
		{ ms: 30, serverMs: 0, backMs: null },
		null,
		{ ms: 30, serverMs: 0, backMs: null }
	]);
	expect(asked()).toBe(2);
});

test('a socket that breaks ends what was asked, and is opened again after a while', async () => {
	const { meter, socket, sockets } = await open();
	const measured = meter.ping();

	socket.breaks();
	expect(await measured).toBeNull();
	await vi.advanceTimersByTimeAsync(500);
	void meter.ping();
	expect(sockets).toHaveLength(1);
	await vi.advanceTimersByTimeAsync(2_000);
	void meter.ping();

	expect(sockets).toHaveLength(2);
});

test('what cannot be read is as if it had not been said', async () => {
	const { meter, socket } = await open();
	const measured = meter.ping();

	socket.says('<html>Blocked</html>');
	socket.says({ seq: 1, events: [] });
	socket.says({ pong: 1, lateMs: 0 });

	expect(await measured).toMatchObject({ serverMs: 0 });
});

test('a server that answers no measurement is not asked for more than it may owe', async () => {
	const { meter } = await open();
	const first = meter.ping();

	for (let asked = 0; asked < 100; asked += 1) void meter.ping();

	expect(await first).toBeNull();
});

test('when nobody measures any more the socket is closed', async () => {
	const { meter, socket } = await open();
	void meter.ping();

	await vi.advanceTimersByTimeAsync(10_000);

	expect(socket.isClosed).toBe(true);
});
