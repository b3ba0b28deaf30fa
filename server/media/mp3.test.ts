import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMp3 } from './mp3.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'segue-mp3-'))));
afterAll(() => rm(folder, { recursive: true }));

/** MPEG-1 layer III, 128 kbit/s, 44.1 kHz, stereo: 417 bytes, 1152 samples. */
const FRAME_SECONDS = 1152 / 44_100;
function frame(write: (frame: Buffer) => void = () => {}): Buffer {
	const bytes = Buffer.alloc(417);
	bytes.set([0xff, 0xfb, 0x90, 0x00]);
	write(bytes);
	return bytes;
}
const frames = (count: number) => Buffer.concat(Array.from({ length: count }, () => frame()));
const info = (count: number) =>
	frame((bytes) => {
		bytes.write('Xing', 36, 'latin1');
		bytes.writeUInt32BE(1, 40);
		bytes.writeUInt32BE(count, 44);
	});
/** ID3v2.4 with so many bytes in it. */
const id3 = (length: number) =>
	Buffer.concat([
		Buffer.from('ID3\x04\0\0\0\0\0'),
		Buffer.from([length]),
		Buffer.alloc(length, 65)
	]);

async function read(...parts: Buffer[]) {
	const file = path.join(folder, 'song');
	await writeFile(file, Buffer.concat(parts));
	return readMp3(file);
}

test('its length is what is there, whatever it promises', async () => {
	expect(await read(frames(1000))).toEqual({
		seconds: 1000 * FRAME_SECONDS,
		promisedSeconds: null,
		hertz: 44_100,
		channels: 2,
		bitsPerSecond: Math.round((417 * 8) / FRAME_SECONDS),
		depth: 0
	});
	expect(await read(info(2000), frames(1000))).toMatchObject({
		seconds: 1000 * FRAME_SECONDS,
		promisedSeconds: 2000 * FRAME_SECONDS
	});
});

test.each([
	['tags before it', [id3(100), id3(7), Buffer.alloc(50), frames(10)]],
	['ID3v1 behind it', [frames(10), Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125)])]],
	['APEv2 behind it', [frames(10), Buffer.from('APETAGEX and what it says')]],
	['half a frame behind it', [frames(10), frame().subarray(0, 200)]],
	['two bytes behind it', [frames(10), Buffer.from([0xff, 0xfb])]]
])('%s is no part of it', async (_what, parts) => {
	expect(await read(...parts)).toMatchObject({ seconds: 10 * FRAME_SECONDS });
});

const otherRate = () => frame((bytes) => (bytes[2] = 0x94)); // 48 kHz, 384 bytes
test.each([
	['junk between frames', [frames(5), Buffer.from('junk'), frames(5)]],
	['junk behind them', [frames(10), Buffer.from('and so on and on')]],
	['junk before them', [Buffer.from('hello'), frames(10)]],
	['another rate in the middle', [frames(5), otherRate().subarray(0, 384), frames(5)]],
	['a frame or two', [frames(3)]],
	[
		'layer II',
		[Buffer.concat(Array.from({ length: 9 }, () => frame((bytes) => (bytes[1] = 0xfd))))]
	],
	['nothing', []],
	['only a tag', [id3(100)]]
])('%s: somebody else has to look', async (_what, parts) => {
	expect(await read(...parts)).toBeNull();
});

test('a frame may lie across any boundary of what is read at a time', async () => {
	expect(await read(id3(101), frames(3000))).toMatchObject({ seconds: 3000 * FRAME_SECONDS });
});
