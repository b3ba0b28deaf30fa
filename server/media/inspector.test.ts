import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
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

/** The threads of this process that are as nice as can be. */
async function niceThreads(): Promise<string[]> {
	const threads = await readdir('/proc/self/task');
	const nice = await Promise.all(
		threads.map(async (thread) => {
			const stat = await readFile(`/proc/self/task/${thread}/stat`, 'utf8').catch(() => '');
			// proc(5): the nineteenth field; the second one, a name in brackets, may hold anything.
			return stat.slice(stat.lastIndexOf(')')).split(' ')[17] === '19';
		})
	);
	return threads.filter((_, at) => nice[at]);
}

test.runIf(process.platform === 'linux')(
	'what hashes comes last in line for the CPU and the disk, and nothing else of the process does',
	async () => {
		const own = new Inspector();
		const before = await niceThreads();
		const file = await tagged('line', textFrame('TIT2', 'Last in line'));
		try {
			await own.tags(file);
			expect(await niceThreads()).toEqual(before);

			await own.hash(file);

			const added = (await niceThreads()).filter((thread) => !before.includes(thread));
			expect(added).toHaveLength(1);
			await expect
				.poll(async () => (await promisify(execFile)('ionice', ['-p', added[0] ?? ''])).stdout)
				.toMatch(/^idle/);
		} finally {
			await own.close();
		}
	}
);
