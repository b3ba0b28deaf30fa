import { expect, test } from 'vitest';
import { MAX_BATCH } from '#contracts/upload';
import { describeUploads, publishUploads, storeCover } from './drafts.ts';

function portal(answer: () => Response = () => new Response(null, { status: 204 })) {
	const asked: { path: string; method: string; body: unknown }[] = [];
	const fetching = ((path: string, { method, body }: RequestInit) => {
		asked.push({
			path,
			method: method ?? '',
			body: typeof body === 'string' ? (JSON.parse(body) as unknown) : body
		});
		return Promise.resolve(answer());
	}) as typeof fetch;
	return { asked, fetching };
}

test('a large release is published in as many requests as the portal wants', async () => {
	const { asked, fetching } = portal();

	await publishUploads(
		Array.from({ length: MAX_BATCH + 1 }, (_, at) => String(at)),
		true,
		fetching
	);

	expect(asked.map(({ body }) => (body as { ids: string[] }).ids.length)).toEqual([MAX_BATCH, 1]);
	expect(asked[0]).toMatchObject({ path: '/api/uploads/publish', method: 'POST' });
});

test('a refusal keeps its code', async () => {
	const { fetching } = portal(() =>
		Response.json({ code: 'not_a_picture', title: '…' }, { status: 422 })
	);

	await expect(storeCover(new Blob(['x']), fetching)).rejects.toMatchObject({
		code: 'not_a_picture'
	});
});

test('an answer that is no refusal of the portal is unexpected', async () => {
	const { fetching } = portal(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));

	await expect(describeUploads([{ id: 'a', description: {} }], fetching)).rejects.toMatchObject({
		code: 'unexpected'
	});
});
