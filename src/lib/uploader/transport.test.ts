import { expect, test } from 'vitest';
import { TusTransport } from './transport.ts';

test('behind a proxy that wants its cookie what is cancelled is forgotten too', async () => {
	const asked: unknown[] = [];
	const fetch = async (_url: RequestInfo | URL, init?: RequestInit) => {
		asked.push([init?.method, init?.credentials, init?.redirect]);
		return init?.credentials === 'omit'
			? new Response('<h1>Who are you?</h1>', { status: 401 })
			: new Response(null, { status: 204, headers: { 'Tus-Resumable': '1.0.0' } });
	};
	const transport = new TusTransport({ base: 'https://portal.test', fetch });

	await transport.discard({ url: '/files/x', token: 't' });

	// A redirect to a sign-in somewhere else is no answer.
	expect(asked).toEqual([
		['DELETE', 'omit', 'manual'],
		['DELETE', 'same-origin', 'manual']
	]);
	expect(transport.figures.isShared).toBe(true);
});
