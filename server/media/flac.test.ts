import { execFile } from 'node:child_process';
import { appendFile, copyFile, mkdtemp, open, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readFlac } from './flac.ts';

let folder: string;
let whole: string;
beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'segue-flac-'));
	whole = await make('whole.flac', ['-ac', '2', '-sample_fmt', 's32', '-ar', '48000']);
});
afterAll(() => rm(folder, { recursive: true }));

async function make(name: string, args: readonly string[]): Promise<string> {
	const file = path.join(folder, name);
	const noise = ['-f', 'lavfi', '-i', 'anoisesrc=duration=2.5:seed=1'];
	await promisify(execFile)('ffmpeg', ['-v', 'error', ...noise, ...args, file]);
	return file;
}

async function changed(change: (file: string) => Promise<void>) {
	const copy = path.join(folder, 'changed.flac');
	await copyFile(whole, copy);
	await change(copy);
	return readFlac(copy);
}

test('what it is, by its header and its last frame', async () => {
	const { size } = await stat(whole);
	expect(await readFlac(whole)).toEqual({
		seconds: 2.5,
		promisedSeconds: 2.5,
		hertz: 48_000,
		channels: 2,
		depth: 24,
		bitsPerSecond: Math.round((size * 8) / 2.5)
	});
});

test.each([
	['a rate that is not named', ['-ar', '11025', '-ac', '1'], { hertz: 11_025, channels: 1 }],
	['one frame', ['-t', '0.05'], { seconds: 0.05 }],
	['more frames than one byte counts', ['-frame_size', '16'], { seconds: 2.5 }]
])('%s', async (what, args, expected) => {
	expect(await readFlac(await make(`${what}.flac`, args))).toMatchObject(expected);
});

test('cut, damaged at its end, or with something behind it: a decoder has to look', async () => {
	const { size } = await stat(whole);
	expect(await changed((file) => truncate(file, Math.floor(size / 2)))).toBeNull();
	expect(await changed((file) => truncate(file, size - 1))).toBeNull();
	expect(await changed((file) => truncate(file, 30))).toBeNull();
	expect(await changed((file) => truncate(file, 42))).toBeNull();
	expect(await changed((file) => appendFile(file, 'TAG'))).toBeNull();
	const flipped = await changed(async (file) => {
		await using handle = await open(file, 'r+');
		await handle.write(Buffer.from([0x55, 0xaa]), 0, 2, size - 100);
	});
	expect(flipped).toBeNull();
});
