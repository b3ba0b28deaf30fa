import { expect, test } from 'vitest';
import { problemCode } from '#contracts/problem';
import { pollLive } from './api.ts';

const { signal } = new AbortController();
const answering = (body: unknown, status = 200) => {
	const asked: string[] = [];
	const fetching = (url: unknown) => {
		asked.push(String(url));
		return Promise.resolve(Response.json(body, { status }));
	};
	return { asked, fetching };
};

test('the first question asks where now is, later ones for what follows', async () => {
	const { asked, fetching } = answering({ seq: 7, events: [] });

	expect(await pollLive(null, signal, fetching)).toEqual({ seq: 7, events: [] });
	await pollLive(0, signal, fetching);

	expect(asked).toEqual(['/api/live', '/api/live?since=0']);
});

test.each([
	['a message of another form', { seq: '7', events: [] }, 200],
	['an event that nobody knows', { seq: 7, events: [{ type: 'of tomorrow' }] }, 200],
	['an error', {}, 502]
])('%s is no answer', async (_what, body, status) => {
	await expect(pollLive(7, signal, answering(body, status).fetching)).rejects.toThrow();
});

test('who is signed out is told apart', async () => {
	const error = await pollLive(7, signal, answering({}, 401).fetching).catch(problemCode);

	expect(error).toBe('unauthorized');
});

test('a question that is given up settles', async () => {
	const fetching = (_url: unknown, init?: RequestInit) =>
		new Promise<Response>((_resolve, reject) => {
			init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
		});
	const asking = new AbortController();
	const answer = pollLive(7, asking.signal, fetching);

	asking.abort();

	await expect(answer).rejects.toThrow();
});
