import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LiveMessage, LivePong, ServerEvent } from '#contracts/live';
import { Problem } from '#contracts/problem';
import { LiveClient, type LiveSocket, type Road } from './client.ts';
import { Sequence } from './sequence.ts';

const MINUTE_MS = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

class FakeSocket implements LiveSocket {
	readonly sent: unknown[] = [];
	isClosed = false;
	onopen: LiveSocket['onopen'] = null;
	onmessage: LiveSocket['onmessage'] = null;
	onclose: LiveSocket['onclose'] = null;

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
	says(message: LiveMessage | LivePong) {
		this.onmessage?.({ data: JSON.stringify(message) });
	}
	greets(seq: number) {
		this.opens();
		this.says({ seq, events: [] });
	}
}

interface Asked {
	since: number | null;
	signal: AbortSignal;
	answer: (message: LiveMessage) => Promise<void>;
	fail: (error: Error) => Promise<void>;
}

/** A server that answers when the test says so. */
class FakeServer {
	readonly sockets: FakeSocket[] = [];
	readonly polls: Asked[] = [];

	readonly open = () => {
		const socket = new FakeSocket();
		this.sockets.push(socket);
		return socket;
	};
	readonly poll = (since: number | null, signal: AbortSignal) => {
		const { promise, resolve, reject } = Promise.withResolvers<LiveMessage>();
		signal.addEventListener('abort', () => reject(signal.reason));
		this.polls.push({
			since,
			signal,
			answer: async (message) => {
				resolve(message);
				await vi.advanceTimersByTimeAsync(0);
			},
			fail: async (error) => {
				reject(error);
				await vi.advanceTimersByTimeAsync(0);
			}
		});
		return promise;
	};
	get socket(): FakeSocket {
		return this.sockets.at(-1)!;
	}
	get asked(): Asked {
		return this.polls.at(-1)!;
	}
	/** Every poll from now on has nothing to tell. */
	async idles(milliseconds: number, seq: number) {
		for (let at = 0; at < milliseconds; at += 100) {
			await vi.advanceTimersByTimeAsync(100);
			for (const { answer } of this.polls) await answer({ seq, events: [] });
		}
	}
}

function setUp(from: number | null = null) {
	const server = new FakeServer();
	const heard: ServerEvent[] = [];
	const roads: Road[] = [];
	const client = new LiveClient({
		open: server.open,
		poll: server.poll,
		sequence: new Sequence({ from, onevents: (events) => heard.push(...events) }),
		onroad: (road) => roads.push(road)
	});
	return { server, heard, roads, client, close: client.start() };
}

const ready = (trackId: string): ServerEvent => ({ type: 'track_ready', trackId });

test('a greeting asks for what happened since the page was made, later ones for what was missed', () => {
	const { server, roads } = setUp(5);

	server.socket.greets(7);
	server.socket.breaks();
	server.socket.opens();

	expect(server.socket.sent).toEqual([{ since: 5 }, { since: 7 }]);
	expect(roads).toEqual(['socket', 'none']);
});

test('a closed client hears nothing more and asks for nothing more', async () => {
	const { server, heard, roads, close } = setUp(0);
	const { socket } = server;
	socket.greets(0);

	close();
	socket.says({ seq: 1, events: [ready('a')] });
	await vi.advanceTimersByTimeAsync(MINUTE_MS);

	expect(heard).toEqual([]);
	expect(socket.isClosed).toBe(true);
	expect(server.polls).toEqual([]);
	expect(roads.at(-1)).toBe('none');
});

test('what cannot be read is as if it had not been said', async () => {
	const { server, roads } = setUp();
	server.socket.opens();

	server.socket.onmessage?.({ data: '<html>Blocked</html>' });
	server.socket.onmessage?.({ data: '{"seq":1,"events":[{"type":"of tomorrow"}]}' });

	expect(roads).toEqual([]);
});

test('a socket that comes back in a moment is not replaced by polling', async () => {
	const { server } = setUp();
	server.socket.greets(7);

	server.socket.breaks();
	await vi.advanceTimersByTimeAsync(2_000);
	server.socket.greets(7);
	await vi.advanceTimersByTimeAsync(30_000);

	expect(server.polls).toEqual([]);
});

test('without a socket the same is asked for over HTTP, from where the page stands', async () => {
	const { server, heard, roads } = setUp(7);
	server.socket.greets(7);

	server.socket.breaks();
	await vi.advanceTimersByTimeAsync(3_000);
	await server.asked.answer({ seq: 9, events: [ready('a')] });
	await vi.advanceTimersByTimeAsync(2_000);

	expect(server.polls.map(({ since }) => since)).toEqual([7, 9]);
	expect(heard).toEqual([ready('a')]);
	expect(roads).toEqual(['socket', 'none', 'polling']);
});

test('a proxy that opens sockets and lets nothing through is a blocked one', async () => {
	const { server, roads } = setUp();

	server.socket.opens();
	await vi.advanceTimersByTimeAsync(3_000);
	await server.asked.answer({ seq: 1, events: [] });
	await vi.advanceTimersByTimeAsync(7_000);

	expect(roads).toEqual(['polling']);
	expect(server.sockets).toHaveLength(2); // tried once more
});

test('polling is seldom while nothing comes, and often again when something does', async () => {
	const { server } = setUp();
	server.socket.breaks();
	await vi.advanceTimersByTimeAsync(3_000);

	await server.idles(MINUTE_MS, 5);
	const idle = server.polls.length;
	await server.idles(10_000, 5);
	const rest = server.polls.length - idle;
	await vi.advanceTimersByTimeAsync(10_000);
	await server.asked.answer({ seq: 6, events: [ready('a')] });
	const before = server.polls.length;
	await vi.advanceTimersByTimeAsync(2_000);

	expect(idle).toBeLessThan(12);
	expect(rest).toBe(1);
	expect(server.polls).toHaveLength(before + 1);
});

test('never more than one request a second, however often somebody looks', async () => {
	const { server, client } = setUp();
	server.socket.breaks();
	await vi.advanceTimersByTimeAsync(3_000);
	await server.asked.answer({ seq: 5, events: [] });

	for (let look = 0; look < 50; look++) {
		client.wake('visible');
		await server.idles(100, 5);
	}

	expect(server.polls.length).toBeLessThanOrEqual(6);
});

test('the socket takes over as soon as it greets, and an answer that was on its way is not told again', async () => {
	const { server, heard, roads } = setUp(7);
	server.socket.greets(7);
	server.socket.breaks();
	await vi.advanceTimersByTimeAsync(3_000);
	const { asked } = server;

	server.socket.opens();
	server.socket.says({ seq: 8, events: [ready('a')] });
	await asked.answer({ seq: 8, events: [ready('a')] });
	await vi.advanceTimersByTimeAsync(MINUTE_MS / 2);

	expect(asked.signal.aborted).toBe(true);
	expect(heard).toEqual([ready('a')]);
	expect(server.polls).toHaveLength(1);
	expect(roads.at(-1)).toBe('socket');
});

test('when both roads tell the same, it is heard once, and nothing after it is lost', async () => {
	const { server, heard } = setUp(7);
	server.socket.greets(7);
	server.socket.breaks();
	await vi.advanceTimersByTimeAsync(3_000);

	server.socket.opens();
	await server.asked.answer({ seq: 8, events: [ready('a')] });
	server.socket.says({ seq: 9, events: [ready('a'), ready('b')] });
	expect(heard).toEqual([ready('a')]);
	server.socket.opens();

	expect(server.socket.sent).toEqual([{ since: 8 }]);
	server.socket.says({ seq: 9, events: [ready('b')] });
	expect(heard).toEqual([ready('a'), ready('b')]);
});

test('who is signed out is not asked about again until a socket was open', async () => {
	const { server, roads } = setUp();
	server.socket.greets(7);
	server.socket.breaks();
	await vi.advanceTimersByTimeAsync(3_000);

	await server.asked.fail(new Problem('unauthorized'));
	server.socket.breaks();
	await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
	expect(server.polls).toHaveLength(1);
	expect(roads.at(-1)).toBe('none');

	server.socket.greets(7);
	server.socket.breaks();
	await vi.advanceTimersByTimeAsync(3_000);
	expect(server.polls).toHaveLength(2);
});

test('a server that does not answer is asked again', async () => {
	const { server, roads } = setUp();
	await vi.advanceTimersByTimeAsync(3_000);
	await server.asked.answer({ seq: 1, events: [] });
	await vi.advanceTimersByTimeAsync(3_000);

	await server.asked.fail(new Error('live: 502'));
	expect(roads).toEqual(['polling', 'none']);
	await vi.advanceTimersByTimeAsync(10_000);
	await server.asked.answer({ seq: 1, events: [] });

	expect(roads.at(-1)).toBe('polling');
});

test('a minute of silence is a dead connection', async () => {
	const { server, roads } = setUp();
	const [first] = server.sockets;
	server.socket.greets(7);

	await vi.advanceTimersByTimeAsync(50_000);
	server.socket.says({ seq: 7, events: [] }); // the keep-alive
	await vi.advanceTimersByTimeAsync(60_000);
	expect(server.sockets).toHaveLength(1);
	await vi.advanceTimersByTimeAsync(10_000);
	server.socket.opens();

	expect(first?.isClosed).toBe(true);
	expect(server.sockets).toHaveLength(2);
	expect(server.socket.sent).toEqual([{ since: 7 }]);
	expect(roads).toEqual(['socket', 'none']);
});

test('a network that comes back is used at once', async () => {
	const { server, client } = setUp();
	server.socket.greets(7);

	client.wake('online');
	server.socket.opens();

	expect(server.sockets).toHaveLength(2);
	expect(server.socket.sent).toEqual([{ since: 7 }]);
});

test('who looks again after a sleep gets a new socket, after a moment the same one', async () => {
	const { server, client } = setUp();
	server.socket.greets(7);

	vi.setSystemTime(Date.now() + 5_000);
	client.wake('visible');
	expect(server.sockets).toHaveLength(1);

	vi.setSystemTime(Date.now() + MINUTE_MS);
	client.wake('visible');
	expect(server.sockets).toHaveLength(2);
});

test('after the computer slept, the clock on the wall is believed', async () => {
	const { server } = setUp();
	server.socket.greets(7);

	// The timers stood still.
	vi.setSystemTime(Date.now() + 8 * 60 * MINUTE_MS);
	await vi.advanceTimersByTimeAsync(10_000);

	expect(server.sockets).toHaveLength(2);
});

test('where there are no sockets at all, there is polling', async () => {
	const { poll, polls } = new FakeServer();
	const sequence = new Sequence({ onevents: () => {} });
	const close = new LiveClient({ open: () => null, poll, sequence }).start();

	await vi.advanceTimersByTimeAsync(3_000);
	close();

	expect(polls).toHaveLength(1);
	expect(polls[0]?.signal.aborted).toBe(true);
});
