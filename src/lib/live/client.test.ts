import { expect, test } from 'vitest';
import type { LiveMessage, ServerEvent } from '#contracts/live';
import { LiveClient, type LiveSocket } from './client.ts';

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
	says(message: LiveMessage) {
		this.onmessage?.({ data: message });
	}
}

function setUp() {
	const socket = new FakeSocket();
	const heard: ServerEvent[] = [];
	const client = new LiveClient({
		open: () => socket,
		parse: (data) => data as LiveMessage,
		onevents: (events) => heard.push(...events)
	});
	return { socket, heard, close: client.start() };
}

const ready = (trackId: string): ServerEvent => ({ type: 'track_ready', trackId });

test('the first greeting asks for what comes from now on, later ones for what was missed', () => {
	const { socket } = setUp();

	socket.opens();
	socket.says({ seq: 7, events: [] });
	socket.opens();

	expect(socket.sent).toEqual([{ since: null }, { since: 7 }]);
});

test('what happened before the channel was first open is asked for elsewhere, once', () => {
	let asked = 0;
	const socket = new FakeSocket();
	const parse = (data: unknown) => data as LiveMessage;
	const client = new LiveClient({
		open: () => socket,
		parse,
		onevents: () => {},
		onfirst: () => (asked += 1)
	});
	client.start();

	socket.opens();
	socket.says({ seq: 7, events: [] });
	socket.opens();
	socket.says({ seq: 8, events: [ready('a')] });

	expect(asked).toBe(1);
});

test('a replay changes nothing', () => {
	const { socket, heard } = setUp();
	socket.opens();

	socket.says({ seq: 7, events: [ready('a')] });
	socket.says({ seq: 7, events: [ready('a')] });
	socket.says({ seq: 8, events: [ready('b')] });

	expect(heard).toEqual([ready('a'), ready('b')]);
});

test('a reset is heard although it counts backwards', () => {
	const { socket, heard } = setUp();
	socket.opens();
	socket.says({ seq: 700, events: [] });

	socket.says({ seq: 3, events: [{ type: 'reset' }] });
	socket.opens();

	expect(heard).toEqual([{ type: 'reset' }]);
	expect(socket.sent.at(-1)).toEqual({ since: 3 });
});

test('a closed client hears nothing more', () => {
	const { socket, heard, close } = setUp();
	socket.opens();

	close();
	socket.says({ seq: 1, events: [ready('a')] });

	expect(heard).toEqual([]);
	expect(socket.isClosed).toBe(true);
});
