import { createHash } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { FetchStack } from './http-stack.ts';

const never = new AbortController().signal;
const answering = (status: number, headers: Record<string, string> = {}) =>
	vi.fn(
		async (_url: RequestInfo | URL, _init?: RequestInit) => new Response(null, { status, headers })
	);

test('requests carry no cookie, so that the browser gives them a connection of their own', async () => {
	const fetch = answering(200);

	await new FetchStack({ signal: never, fetch }).createRequest('HEAD', '/files/x').send(null);

	expect(fetch.mock.calls[0]?.[1]).toMatchObject({ method: 'HEAD', credentials: 'omit' });
});

test('a chunk is sent with the sha-256 of what is sent', async () => {
	const fetch = answering(204, { 'Upload-Offset': '3' });
	const request = new FetchStack({ signal: never, fetch }).createRequest('PATCH', '/files/x');

	await request.send(new Blob(['abc']));

	const digest = createHash('sha256').update('abc').digest('base64');
	expect(request.getHeader('Upload-Checksum')).toBe(`sha256 ${digest}`);
});

test('without a secure context a chunk goes without a checksum', async () => {
	const fetch = answering(204);
	const stack = new FetchStack({ signal: never, fetch, digest: null });
	const request = stack.createRequest('PATCH', '/files/x');

	await request.send(new Blob(['abc']));

	expect(request.getHeader('Upload-Checksum')).toBeUndefined();
	expect(fetch.mock.calls[0]?.[1]?.body).toBeInstanceOf(Blob);
});

test('nobody asks how much of a new upload is there, once', async () => {
	const fetch = answering(200, { 'Upload-Offset': '7' });
	const stack = new FetchStack({ signal: never, fetch, fresh: { size: 10 } });

	const first = await stack.createRequest('HEAD', '/files/x').send(null);
	const second = await stack.createRequest('HEAD', '/files/x').send(null);

	expect([first.getHeader('Upload-Offset'), first.getHeader('Upload-Length')]).toEqual(['0', '10']);
	expect(second.getHeader('Upload-Offset')).toBe('7');
	expect(fetch).toHaveBeenCalledOnce();
});

test('what was cancelled is never sent', async () => {
	const fetch = answering(204);
	const cancelled = AbortSignal.abort();

	const sending = new FetchStack({ signal: cancelled, fetch })
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

	const sending = new FetchStack({ signal: never, fetch })
		.createRequest('HEAD', '/files/x')
		.send(null);
	const outcome = expect(sending).rejects.toThrow('stalled');
	await vi.advanceTimersByTimeAsync(120_000);

	await outcome;
	vi.useRealTimers();
});
