import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUNDLE_PATH, MOST_BUNDLED, type BundleAnswer } from '#contracts/bundle';
import type { Client, TestPortal } from '../support/portal.ts';
import { startPortal } from '../support/portal.ts';

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;
let next = 0;

beforeAll(async () => {
	({ portal, close } = await startPortal());
	owner = await portal.signIn();
});
afterAll(() => close());

interface Packed {
	id: string;
	url: string;
	bytes: Buffer;
}

async function small(size: number): Promise<Packed> {
	const key = `k${(next += 1)}`;
	const url = await owner.accepted({ key, name: `${key}.mp3`, size });
	return { id: url.slice('/files/'.length), url, bytes: Buffer.alloc(size, key) };
}

const announced = ({ id, bytes }: Packed) => ({
	id,
	size: bytes.length,
	sha256: createHash('sha256').update(bytes).digest('hex')
});

const send = async (files: readonly Packed[]) => {
	const line = files.map(announced);
	const response = await owner.bundle(
		line,
		files.map(({ bytes }) => bytes)
	);
	expect(response.status).toBe(200);
	return ((await response.json()) as BundleAnswer).files;
};
const code = async (response: Response) => ((await response.json()) as { code: string }).code;

test('many small files arrive in one request, each where it belongs', async () => {
	const files = [await small(3), await small(70_000), await small(1)];

	expect(await send(files)).toEqual(files.map(({ id }) => ({ id, isThere: true })));

	for (const { id, bytes } of files) {
		expect(await owner.upload(id)).toMatchObject({ offset: bytes.length });
	}
	const states = await Promise.all(files.map(async ({ id }) => (await owner.outcome(id)).state));
	expect(states).toEqual(['failed', 'failed', 'failed']); // they are no music, and were looked at
});

test('a bundle that comes again changes nothing', async () => {
	const files = [await small(10), await small(11)];
	await send(files);

	expect(await send([...files, await small(12)])).toMatchObject([
		{ isThere: true },
		{ isThere: true },
		{ isThere: true }
	]);
});

test('one file whose bytes are not those that were announced stays behind, and alone', async () => {
	const [good, bad] = [await small(10), await small(20)];
	const line = [announced(good), { ...announced(bad), sha256: announced(good).sha256 }];

	const response = await owner.bundle(line, [good.bytes, bad.bytes]);

	const { files } = (await response.json()) as BundleAnswer;
	expect(files).toEqual([
		{ id: good.id, isThere: true },
		{ id: bad.id, isThere: false }
	]);
	expect(await owner.offset(bad.url)).toBe(0);
	const alone = await owner.patch(bad.url, 0, new Uint8Array(bad.bytes));
	expect(alone.status).toBe(204);
});

test("what has begun already, is another's or was never made is left as it is", async () => {
	const begun = await small(10);
	await owner.patch(begun.url, 0, new Uint8Array(4));
	const unknown = { ...(await small(5)), id: '0'.repeat(32) };
	const fits = await small(5);

	const files = await send([begun, unknown, fits]);

	expect(files.map(({ isThere }) => isThere)).toEqual([false, false, true]);
	expect(await owner.offset(begun.url)).toBe(4);
});

test('a file that is shorter or longer than it was registered is not taken', async () => {
	const file = await small(10);

	const [answer] = await send([{ ...file, bytes: Buffer.alloc(9) }]);

	expect(answer).toEqual({ id: file.id, isThere: false });
	expect(await owner.offset(file.url)).toBe(0);
});

test.each([
	['no line', () => Buffer.alloc(100)],
	['a line that is no JSON', () => Buffer.from('so\n')],
	['nothing in it', () => Buffer.from('[]\n')],
	['fewer bytes than announced', () => Buffer.from(`[{"id":"${'0'.repeat(32)}","size":5}]\n1234`)],
	['more bytes than announced', () => Buffer.from(`[{"id":"${'0'.repeat(32)}","size":5}]\n123456`)],
	['a name that leads elsewhere', () => Buffer.from(`[{"id":"../segue.db","size":1}]\n1`)],
	[
		'a file that is too large for it',
		() => Buffer.from(`[{"id":"${'0'.repeat(32)}","size":${MOST_BUNDLED.fileBytes + 1}}]\n1`)
	],
	[
		'too many files',
		() => {
			const line = Array.from({ length: MOST_BUNDLED.files + 1 }, () => ({
				...{ id: '0'.repeat(32), size: 1 }
			}));
			return Buffer.concat([Buffer.from(`${JSON.stringify(line)}\n`), Buffer.alloc(line.length)]);
		}
	]
])('a bundle with %s is refused as a whole', async (_what, body) => {
	const response = await owner.tus('POST', BUNDLE_PATH, { body: new Uint8Array(body()) });

	expect(response.status).toBe(400);
	expect(await code(response)).toBe('bad_request');
});

test('a bundle without end is refused before it fills the memory', async () => {
	const response = await owner.tus('POST', BUNDLE_PATH, { body: new Uint8Array(3_000_000) });

	expect(response.status).toBe(413);
});

test('without a token, with a cookie alone or from another page nothing is taken', async () => {
	const file = await small(5);
	const body = [[announced(file)], [file.bytes]] as const;

	expect((await owner.bundle(...body, { Authorization: 'Bearer nonsense' })).status).toBe(401);
	expect((await owner.bundle(...body, { Origin: 'https://elsewhere.test' })).status).toBe(403);
	expect(await owner.offset(file.url)).toBe(0);
});
