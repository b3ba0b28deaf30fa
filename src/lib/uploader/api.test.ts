import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createUploadApi } from './api.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('a registration that nobody answers is a failure of the network, not an end', async () => {
	const never: typeof fetch = (_path, init) =>
		new Promise((_, reject) => {
			init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
		});
	const api = createUploadApi({ fetch: never });

	const registered = api.register([], { publish: true, signal: new AbortController().signal });
	const failed = expect(registered).rejects.toMatchObject({ problem: 'network' });
	await vi.advanceTimersByTimeAsync(30_000);

	await failed;
});

test('who closes the queue is not told of a network', async () => {
	const closing = new AbortController();
	const api = createUploadApi({
		fetch: async (_path, init) => {
			closing.abort(new DOMException('closed', 'AbortError'));
			init?.signal?.throwIfAborted();
			return new Response('');
		}
	});

	await expect(api.register([], { publish: true, signal: closing.signal })).rejects.toMatchObject({
		name: 'AbortError'
	});
});
