import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Inspector } from './inspector.ts';

const folder = await mkdtemp(path.join(tmpdir(), 'segue-inspector-'));
const inspector = new Inspector({ tagsTimeoutMs: 8_000 });
afterAll(async () => {
	await inspector.close();
	await rm(folder, { recursive: true, force: true });
});

const syncsafe = (n: number) =>
	Buffer.of((n >>> 21) & 0x7f, (n >>> 14) & 0x7f, (n >>> 7) & 0x7f, n & 0x7f);

/** An ID3v2.4 tag before a few frames of nothing. */
async function tagged(name: string, body: Buffer): Promise<string> {
	const file = path.join(folder, name);
	const head = Buffer.concat([Buffer.from('ID3'), Buffer.of(4, 0, 0), syncsafe(body.length)]);
	const frame = Buffer.alloc(417);
	frame.set([0xff, 0xfb, 0x90, 0x00]);
	await writeFile(file, Buffer.concat([head, body, ...Array<Buffer>(5).fill(frame)]));
	return file;
}

const textFrame = (id: string, text: string) => {
	const body = Buffer.concat([Buffer.of(3), Buffer.from(text)]);
	return Buffer.concat([Buffer.from(id), syncsafe(body.length), Buffer.of(0, 0), body]);
};

test('a title of ten megabytes is cut', async () => {
	const file = await tagged('long', textFrame('TIT2', 'x'.repeat(10_000_000)));

	expect((await inspector.tags(file)).title).toHaveLength(500);
});

test('a million frames are read or refused, and the next file has its tags', async () => {
	const many = Buffer.concat(Array<Buffer>(1e6).fill(textFrame('TXXX', 'a')));
	const [strange, next] = await Promise.allSettled([
		inspector.tags(await tagged('many', many)),
		inspector.tags(await tagged('next', textFrame('TIT2', 'Next')))
	]);

	expect(['fulfilled', 'rejected']).toContain(strange.status);
	expect(next).toMatchObject({ status: 'fulfilled', value: { title: 'Next' } });
}, 30_000);

test('a file that is not there is an error, and the next one is read', async () => {
	await expect(inspector.hash(path.join(folder, 'none'))).rejects.toThrow();

	expect(await inspector.hash(await tagged('there', Buffer.alloc(0)))).toMatch(/^[0-9a-f]{64}$/);
});
