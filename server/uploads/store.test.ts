import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import path from 'node:path';
import { PartialStore } from './store.ts';

let folder: string;
let store: PartialStore;
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'segue-store-'));
	store = new PartialStore({
		folder,
		find: async () => null,
		incoming: () => null,
		onwritten() {}
	});
	await store.add('song');
});
afterEach(() => rm(folder, { recursive: true }));

/** As a process leaves it that died in a large chunk. */
async function died({ verified, bytes }: { verified: number; bytes: number }) {
	await appendFile(store.pathOf('song'), Buffer.alloc(bytes));
	await writeFile(`${store.pathOf('song')}.verified`, String(verified));
}

test('what was not verified is taken back', async () => {
	await died({ verified: 10, bytes: 25 });
	expect(await store.peek('song')).toBe(10);
	expect(await store.offset('song')).toBe(10);
	expect(await store.peek('song')).toBe(10);
});

// was: the note stayed, and took back what came and was verified after it, 2026-11-22
test('what comes after a chunk of which nothing came stays', async () => {
	await died({ verified: 0, bytes: 0 });
	expect(await store.offset('song')).toBe(0);
	await appendFile(store.pathOf('song'), Buffer.alloc(20));
	expect(await store.offset('song')).toBe(20);
});
