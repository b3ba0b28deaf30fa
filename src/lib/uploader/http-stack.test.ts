import { createHash } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { FetchStack, type StackOptions } from './http-stack.ts';
import type { Road } from './road.ts';

const never = new AbortController().signal;
const answering = (status: number, headers: Record<string, string> = {}) =>
	vi.fn(
		async (_url: RequestInfo | URL, _init?: RequestInit) =>
			new Response(null, { status, headers: { 'Tus-Resumable': '1.0.0', ...headers } })
	);

test('requests carry no cookie, so that the browser gives them a connection of their own', async () => {
	const fetch = answering(200);

	await new FetchStack({ signal: never, size: 3, fetch })
		.createRequest('HEAD', '/files/x')
		.send(null);

	expect(fetch.mock.calls[0]?.[1]).toMatchObject({ method: 'HEAD', credentials: 'omit' });
});

test('a chunk is sent with the sha-256 of what is sent', async () => {
	const fetch = answering(204, { 'Upload-Offset': '3' });
	const request = new FetchStack({ signal: never, size: 3, fetch }).createRequest(
		'PATCH',
		'/files/x'
	);

	await request.send(new Blob(['abc']));

	const digest = createHash('sha256').update('abc').digest('base64');
	expect(request.getHeader('Upload-Checksum')).toBe(`sha256 ${digest}`);
});

test('without a secure context a chunk goes without a checksum', async () => {
	const fetch = answering(204);
	const stack = new FetchStack({ signal: never, size: 3, fetch, digest: null });
	const request = stack.createRequest('PATCH', '/files/x');

	await request.send(new Blob(['abc']));

	expect(request.getHeader('Upload-Checksum')).toBeUndefined();
	expect(fetch.mock.calls[0]?.[1]?.body).toBeInstanceOf(Blob);
});

test('nobody asks how much of a new upload is there, once', async () => {
	const fetch = answering(200, { 'Upload-Offset': '7' });
	const stack = new FetchStack({ signal: never, size: 10, fetch, isFresh: true });

	const first = await stack.createRequest('HEAD', '/files/x').send(null);
	const second = await stack.createRequest('HEAD', '/files/x').send(null);

	expect([first.getHeader('Upload-Offset'), first.getHeader('Upload-Length')]).toEqual(['0', '10']);
	expect(second.getHeader('Upload-Offset')).toBe('7');
	expect(fetch).toHaveBeenCalledOnce();
});

test('what was cancelled is never sent', async () => {
	const fetch = answering(204);
	const cancelled = AbortSignal.abort();

	const sending = new FetchStack({ signal: cancelled, size: 3, fetch })
		.createRequest('PATCH', '/files/x')
		.send(new Blob(['abc']));

	await expect(sending).rejects.toThrow();
	expect(fetch).not.toHaveBeenCalled();
});

test('a connection that says nothing for a long time is a dead one', async () => {
	vi.useFakeTimers();
	const fetch = (_url: RequestInfo | URL, init?: RequestInit) =>
		new Promise<Response>((_resolve, reject) =>
			init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
		);

	const sending = new FetchStack({ signal: never, size: 3, fetch })
		.createRequest('HEAD', '/files/x')
		.send(null);
	const outcome = expect(sending).rejects.toThrow('stalled');
	await vi.advanceTimersByTimeAsync(120_000);

	await outcome;
	vi.useRealTimers();
});

/** A server that answers when the test says so, and a file of as many chunks as are sent. */
function sendingChunks(options: Partial<StackOptions> = {}) {
	const asked: { offset: number; follows: boolean; answer: (response: Response) => void }[] = [];
	const fetch = (_url: RequestInfo | URL, init?: RequestInit) =>
		new Promise<Response>((resolve, reject) => {
			const headers = new Headers(init?.headers);
			init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
			asked.push({
				offset: Number(headers.get('Upload-Offset')),
				follows: headers.has('Segue-Follows'),
				answer: resolve
			});
		});
	const arrived: number[] = [];
	const refused: number[] = [];
	const stack = new FetchStack({
		...{ signal: never, size: 12, digest: null },
		fetch: fetch as typeof globalThis.fetch,
		onarrived: ({ offset }) => void arrived.push(offset),
		onrefused: (status) => void refused.push(status),
		...options
	});
	const send = (offset: number) => {
		const request = stack.createRequest('PATCH', 'http://portal.test/files/x');
		request.setHeader('Upload-Offset', String(offset));
		return request.send(new Blob(['abc']));
	};
	return { asked, arrived, refused, send, stack };
}
const stored = (offset: number) =>
	new Response(null, {
		status: 204,
		headers: { 'Tus-Resumable': '1.0.0', 'Upload-Offset': String(offset) }
	});

test('the next chunk is on its way before the one before it was answered, and says so', async () => {
	const { asked, arrived, send } = sendingChunks();

	const first = await send(0);
	void send(3);
	await vi.waitFor(() => expect(asked).toHaveLength(2));

	expect(first.getHeader('Upload-Offset')).toBe('3');
	expect(asked.map(({ follows }) => follows)).toEqual([false, true]);
	// Handed over is not there: nobody is told so.
	expect(arrived).toEqual([]);
});

test('only so many are on their way', async () => {
	const { asked, send } = sendingChunks({ size: 100 });
	let isTaken = false;
	await send(0);
	await send(3);
	void send(6).then(() => (isTaken = true));
	await vi.waitFor(() => expect(asked).toHaveLength(3));
	await Promise.resolve();
	expect(isTaken).toBe(false);

	asked[0]?.answer(stored(3));

	await vi.waitFor(() => expect(isTaken).toBe(true));
});

test('the last chunk is answered when all of them arrived', async () => {
	const { asked, arrived, send } = sendingChunks({ size: 6 });
	let isOver = false;
	await send(0);
	void send(3).then(() => (isOver = true));
	await vi.waitFor(() => expect(asked).toHaveLength(2));
	asked[1]?.answer(stored(6));
	await vi.waitFor(() => expect(arrived).toEqual([6]));
	expect(isOver).toBe(false);

	asked[0]?.answer(stored(3));

	await vi.waitFor(() => expect(isOver).toBe(true));
});

test('a chunk that is refused ends the upload, and what follows it is not sent', async () => {
	const { asked, refused, send } = sendingChunks();
	await send(0);
	const second = send(3);
	await vi.waitFor(() => expect(asked).toHaveLength(2));
	await second;

	asked[0]?.answer(new Response('', { status: 460 }));
	await vi.waitFor(async () => {
		const third = await send(6);
		expect(third.getStatus()).toBe(460);
	});

	expect(refused).toContain(460);
	expect(asked.map(({ offset }) => offset)).not.toContain(9);
});

test('a chunk that is refused while the next one waits for its turn says why', async () => {
	let turns = 0;
	const take = async (_bytes: number, signal: AbortSignal) => {
		turns += 1;
		if (turns === 1) return () => {};
		return new Promise<never>((_resolve, reject) =>
			signal.addEventListener('abort', () => reject(signal.reason as Error))
		);
	};
	const stream = () => Promise.reject(new Error('nothing is streamed'));
	const pace = { canStream: false, piece: 16_384, endStreams() {}, take, stream };
	const { asked, refused, send } = sendingChunks({ pace });
	await send(0);
	const second = send(3);
	await vi.waitFor(() => expect(turns).toBe(2));

	asked[0]?.answer(new Response('', { status: 500 }));

	expect((await second).getStatus()).toBe(500);
	expect(refused).toEqual([500]);
});

test('an answer that speaks of another offset is no success', async () => {
	const { asked, arrived, send } = sendingChunks({ size: 3 });
	const only = send(0);
	await vi.waitFor(() => expect(asked).toHaveLength(1));

	asked[0]?.answer(stored(2));
	await only;

	expect(arrived).toEqual([]);
});

test('a proxy that lets nobody through without its cookie gets it, from then on at once', async () => {
	const asked: unknown[] = [];
	const fetch = async (_url: RequestInfo | URL, init?: RequestInit) => {
		asked.push(init?.credentials);
		return init?.credentials === 'omit'
			? new Response('<h1>Who are you?</h1>', { status: 401 })
			: stored(3);
	};
	const road: Road = { credentials: 'omit' };
	const options = { signal: never, size: 3, digest: null, fetch: fetch as typeof globalThis.fetch };
	const send = () => {
		const request = new FetchStack({ ...options, road }).createRequest(
			'PATCH',
			'http://portal.test'
		);
		request.setHeader('Upload-Offset', '0');
		return request.send(new Blob(['abc']));
	};

	const [first, second] = [await send(), await send()];

	expect([first.getStatus(), second.getStatus()]).toEqual([204, 204]);
	expect(asked).toEqual(['omit', 'same-origin', 'same-origin']);
});

test('what the portal itself refuses is refused, whatever the cookie', async () => {
	const fetch = answering(401);
	const stack = new FetchStack({ signal: never, size: 3, digest: null, fetch });

	const answer = await stack.createRequest('HEAD', '/files/x').send(null);

	expect(answer.getStatus()).toBe(401);
	expect(fetch).toHaveBeenCalledOnce();
});

test('where it may, a long body goes out piece by piece, under a name that the server can speak of', async () => {
	const sizes: number[] = [];
	const over: boolean[] = [];
	const pace = {
		...{ canStream: true, piece: 16_384, endStreams: () => {} },
		take: async () => () => {},
		stream: async () => ({
			...{ name: 's1', lost: never },
			piece: async (bytes: number) => void sizes.push(bytes),
			end: ({ arrived }: { arrived: boolean }) => void over.push(arrived)
		})
	};
	const body = new Uint8Array(600_000).map((_, at) => at % 251);
	let sent: { name: string | null; duplex: unknown; bytes: Uint8Array } | null = null;
	const fetch = async (_url: RequestInfo | URL, init?: RequestInit & { duplex?: string }) => {
		const bytes = new Uint8Array(await new Response(init?.body).arrayBuffer());
		const name = new Headers(init?.headers).get('Segue-Stream');
		sent = { name, duplex: init?.duplex, bytes };
		return stored(600_000);
	};
	const stack = new FetchStack({
		...{ signal: never, size: 600_000, canStream: true, pace },
		fetch: fetch as typeof globalThis.fetch
	});
	const request = stack.createRequest('PATCH', 'http://portal.test/files/x');
	request.setHeader('Upload-Offset', '0');

	const answer = await request.send(new Blob([body]));

	expect(answer.getStatus()).toBe(204);
	expect(sent).toEqual({ name: 's1', duplex: 'half', bytes: body });
	expect(Math.max(...sizes)).toBeLessThan(64 * 1024);
	expect(sizes.reduce((sum, each) => sum + each)).toBe(600_000);
	expect(over).toEqual([true]);
});

test('a short body goes in one piece', async () => {
	const stream = vi.fn();
	const pace = {
		...{ canStream: true, piece: 16_384, endStreams: () => {} },
		...{ take: async () => () => {}, stream }
	};
	const stack = new FetchStack({
		...{ signal: never, size: 3, canStream: true, pace },
		fetch: (async () => stored(3)) as typeof globalThis.fetch
	});
	const request = stack.createRequest('PATCH', 'http://portal.test/files/x');
	request.setHeader('Upload-Offset', '0');

	await request.send(new Blob(['abc']));

	expect(stream).not.toHaveBeenCalled();
});

test.each([
	['arrives empty', () => Promise.resolve(new Response(null, { status: 460 }))],
	['is never heard of', (lost: AbortController) => (lost.abort(new Error('lost')), null)]
] as const)('a stream that %s is the last one', async (_how, answer) => {
	const lost = new AbortController();
	const endStreams = vi.fn();
	const onlost = vi.fn();
	const pace = {
		...{ canStream: true, piece: 16_384, endStreams },
		take: async () => () => {},
		stream: async () => ({
			...{ name: 's1', lost: lost.signal },
			piece: async () => {},
			end: () => {}
		})
	};
	const fetch = (async (_url, init) => {
		const response = await answer(lost);
		init?.signal?.throwIfAborted();
		return response;
	}) as typeof globalThis.fetch;
	const stack = new FetchStack({
		...{ signal: never, size: 600_000, canStream: true, pace, fetch, onlost }
	});
	const request = stack.createRequest('PATCH', 'http://portal.test/files/x');
	request.setHeader('Upload-Offset', '0');

	await request.send(new Blob([new Uint8Array(600_000)])).catch(() => {});

	expect(endStreams).toHaveBeenCalledOnce();
	expect(onlost).toHaveBeenCalledOnce();
});
