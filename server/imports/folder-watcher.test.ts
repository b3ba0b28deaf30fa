import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Log } from '../ops/log.ts';
import { FolderWatcher } from './folder-watcher.ts';

const NEVER = 1_000_000;

let root: string;
let watcher: FolderWatcher;
let told: string[];
let isFree: boolean;
let heard: PromiseWithResolvers<void>;

beforeEach(async () => {
	root = await mkdtemp(path.join(tmpdir(), 'segue-watch-'));
	await writeFile(path.join(root, 'one.mp3'), 'one');
	told = [];
	isFree = true;
	heard = Promise.withResolvers();
});
afterEach(async () => {
	await watcher.close();
	await rm(root, { recursive: true, force: true });
});

const watching = (seen: string | null, folder: () => string | null = () => root) =>
	(watcher = new FolderWatcher(async () => folder(), {
		seen,
		onchange: async (now) => {
			told.push(now);
			heard.resolve();
			return isFree;
		},
		log: {} as Log,
		...{ quietMs: 20, rescanMs: NEVER }
	}));

test('what a folder looks like is told once, and again when music comes, also in a new folder', async () => {
	watching(null);
	await watcher.look();
	await watcher.look();
	expect(told).toHaveLength(1);

	heard = Promise.withResolvers();
	await mkdir(path.join(root, 'new'));
	await writeFile(path.join(root, 'new', 'two.mp3'), 'two');
	await heard.promise;
	await watcher.look();

	expect(told).toHaveLength(2);
	expect(told[1]).not.toBe(told[0]);
});

test('what is no music is no news, nor is what was seen before a restart', async () => {
	watching(null);
	await watcher.look();
	await watcher.close();
	watching(told[0] ?? '');
	await writeFile(path.join(root, 'notes.txt'), 'no music');
	await watcher.look();

	expect(told).toHaveLength(1);
});

test('what nobody had time for is told again', async () => {
	watching('before');
	isFree = false;
	await watcher.look();
	isFree = true;
	await watcher.look();
	await watcher.look();

	expect(told).toHaveLength(2);
});

test('a folder that is away is no folder without music', async () => {
	const away = `${root} away`;
	let isAway = false;
	watching(null, () => (isAway ? null : root));
	await watcher.look();
	await rename(root, away);
	isAway = true;
	await watcher.look();
	expect([told.length, watcher.isThere]).toEqual([1, false]);

	await rename(away, root);
	isAway = false;
	await watcher.look();
	expect([told.length, watcher.isThere]).toEqual([1, true]);
});
