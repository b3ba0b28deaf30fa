import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as v from 'valibot';
import { WebSocket } from 'ws';
import { LiveMessage } from '#contracts/live';
import { makeMusic } from '../support/music.ts';
import { Client, startPortal, type TestPortal } from '../support/portal.ts';
import { runSegue } from '../support/segue.ts';
import { retryUntil } from '../support/until.ts';

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;
const sockets: WebSocket[] = [];

beforeAll(async () => {
	({ portal, close } = await startPortal());
	owner = await portal.signIn();
});
afterEach(() => sockets.splice(0).forEach((socket) => socket.terminate()));
afterAll(() => close());

/** Somebody who adds music too. */
async function artist(name: string): Promise<Client> {
	const env = { DATA_DIR: portal.dataDir };
	const email = `${name}@portal.test`;
	await runSegue(['user', 'add', '--email', email, '--role', 'artist'], env);
	const token = (await runSegue(['token', 'create', '--email', email], env)).trim();
	return new Client(() => portal.origin, { Authorization: `Bearer ${token}` });
}

/** Listens from `since` on; `messages` grows. */
async function listen(since: number | null, headers: Record<string, string> = owner.headers) {
	const socket = new WebSocket(`${portal.origin.replace('http', 'ws')}/live`, { headers });
	sockets.push(socket);
	const messages: LiveMessage[] = [];
	socket.on('message', (data) => messages.push(v.parse(LiveMessage, JSON.parse(String(data)))));
	await new Promise((resolve, reject) => {
		socket.on('open', resolve);
		socket.on('error', reject);
	});
	socket.send(JSON.stringify({ since }));
	await retryUntil(
		() => messages.length,
		(count) => count > 0
	);
	return { socket, messages };
}

const said = (messages: LiveMessage[]) => messages.flatMap(({ events }) => events);

test('an upload is followed to its end, and its track is announced', async () => {
	const { messages } = await listen(null);

	const id = await owner.send('live.flac', await makeMusic({ format: 'flac', hertz: 400 }));

	const events = await retryUntil(
		() => said(messages),
		(all) => all.some(({ type }) => type === 'track_ready')
	);
	const mine = events.flatMap((event) => (event.type === 'upload_changed' ? [event] : []));
	expect(mine.map(({ uploadId }) => uploadId)).toEqual(mine.map(() => id));
	expect(mine.at(0)?.state).toBe('received');
	expect(mine.at(-1)).toMatchObject({ state: 'ready', trackId: expect.any(String) });
});

test('who was away is told what was missed, and the same over HTTP', async () => {
	const { messages } = await listen(null);
	const { seq } = messages[0] ?? { seq: 0 };
	sockets.splice(0).forEach((socket) => socket.terminate());
	await owner.outcome(await owner.send('away.mp3', new Uint8Array(100)));

	const back = await listen(seq);
	const polled = await owner.fetch(`/api/live?since=${seq}`);

	const states = said(back.messages).flatMap((event) =>
		event.type === 'upload_changed' ? [event.state] : []
	);
	expect(states.at(-1)).toBe('failed');
	expect(await polled.json()).toEqual(back.messages[0]);
});

test('a number from the future means: read everything afresh', async () => {
	const { messages } = await listen(1_000_000);

	expect(said(messages)[0]).toEqual({ type: 'reset' });
});

test('the number goes on after a restart', async () => {
	const { messages } = await listen(null);

	await portal.kill();
	await portal.start();

	const after = await listen(messages[0]?.seq ?? null);
	expect(after.messages[0]?.seq).toBeGreaterThanOrEqual(messages[0]!.seq);
	expect(said(after.messages)).not.toContainEqual({ type: 'reset' });
});

test.each([
	['nobody', {}],
	['another site', { Origin: 'https://elsewhere.test' }]
])('%s is not let in', async (_who, headers) => {
	const cookie = 'Origin' in headers ? owner.headers : {};

	await expect(listen(null, { ...cookie, ...headers })).rejects.toThrow('403');
});

test('who streams a body hears how much of it has come, and nobody else does', async () => {
	const size = 3_000_000;
	const url = await owner.accepted({ key: 'streamed', name: 'streamed.mp3', size });
	const { socket } = await listen(null);
	const pongs: unknown[] = [];
	socket.removeAllListeners('message');
	socket.on('message', (data) => {
		const said = JSON.parse(String(data)) as { received?: unknown };
		if (said.received) pongs.push(said.received);
	});
	const { promise: isHeard, resolve: hear } = Promise.withResolvers<void>();
	async function* body() {
		yield new Uint8Array(1_000_000);
		await isHeard;
		yield new Uint8Array(2_000_000);
	}
	const sending = fetch(portal.origin + url, {
		method: 'PATCH',
		headers: {
			Authorization: `Bearer ${owner.token}`,
			'Tus-Resumable': '1.0.0',
			'Upload-Offset': '0',
			'Content-Type': 'application/offset+octet-stream',
			'Segue-Stream': 'mine'
		},
		body: body(),
		duplex: 'half'
	} as RequestInit);

	await retryUntil(
		() => {
			socket.send('{"ping":1}');
			return pongs.at(-1);
		},
		(received) => (received as { mine?: number } | undefined)?.mine === 1_000_000
	);
	hear();

	expect((await sending).status).toBe(204);
	expect(await owner.offset(url)).toBe(size);
});

test('a socket that only measures is answered, and told no news', async () => {
	const socket = new WebSocket(`${portal.origin.replace('http', 'ws')}/live`, {
		headers: owner.headers
	});
	sockets.push(socket);
	const heard: unknown[] = [];
	socket.on('message', (data) => heard.push(JSON.parse(String(data))));
	await new Promise((resolve) => socket.on('open', resolve));
	socket.send('{"measures":true}');
	const { messages } = await listen(null);

	await owner.outcome(await owner.send('unheard.mp3', new Uint8Array(100)));
	await retryUntil(
		() => said(messages),
		(all) => all.some((event) => event.type === 'upload_changed' && event.state === 'failed')
	);
	socket.send('{"ping":7}');
	await retryUntil(
		() => heard.length,
		(count) => count > 0
	);

	expect(heard).toEqual([expect.objectContaining({ pong: 7 })]);
});

test('what is not a greeting ends the connection', async () => {
	const { socket } = await listen(null);
	const closed = new Promise((resolve) => socket.on('close', resolve));

	socket.send('{"since":"yesterday"}');

	expect(await closed).toBe(1008);
});

test('its artist follows the stages of a long file, also after it plays, and nobody else does', async () => {
	const { messages } = await listen(null);
	const other = await artist('stages');
	const theirs = await listen(null, other.headers);
	// No browser plays it: it is encoded before it plays, and once more afterwards.
	const long = await makeMusic({ format: 'wav', seconds: 240, hertz: 410 });

	const id = await owner.send('long.wav', long, { publish: false });

	const stagesOf = (all: LiveMessage[]) =>
		said(all).flatMap((event) => (event.type === 'work_changed' ? [event.work] : []));
	const heard = await retryUntil(
		() => stagesOf(messages),
		(all) =>
			all.flat().some(({ uploadId, stage }) => uploadId === id && stage === 'opus') &&
			all.at(-1)?.length === 0
	);
	const mine = heard.flat().filter(({ uploadId }) => uploadId === id);
	const before = mine.filter(({ trackId }) => trackId === null);
	const after = mine.filter(({ trackId }) => trackId !== null);
	expect(before.map(({ stage }) => stage)).toContain('encode');
	expect(after.map(({ stage }) => stage)).toEqual(expect.arrayContaining(['measure', 'opus']));
	expect(said(theirs.messages)).toEqual([]);
});
