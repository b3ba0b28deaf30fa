import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Metadata } from '#contracts/tags';
import { HEAD_BYTES, readTags } from '../../src/lib/uploader/read-tags.ts';
import { apeTag, id3Head, id3v1, id3v22, id3v24, withChunk } from '../../tests/support/music.ts';
import { Inspector } from './inspector.ts';

const folder = await mkdtemp(path.join(tmpdir(), 'segue-tags-'));
const inspector = new Inspector();
afterAll(async () => {
	await inspector.close();
	await rm(folder, { recursive: true, force: true });
});

/** More than what the browser reads at once. */
const LONG = 400_000;
const mpegFrame = Buffer.alloc(417);
mpegFrame.set([0xff, 0xfb, 0x90, 0x00]);
const mp3 = (bytes: number) => Buffer.concat(Array<Buffer>(Math.ceil(bytes / 417)).fill(mpegFrame));

/** 8 kHz, 8 bits, mono, silent. */
function wav(bytes: number): Buffer {
	const head = Buffer.alloc(44);
	head.write('RIFF', 0, 'latin1');
	head.writeUInt32LE(36 + bytes, 4);
	head.write('WAVEfmt ', 8, 'latin1');
	head.writeUInt32LE(16, 16);
	[1, 1].forEach((value, at) => head.writeUInt16LE(value, 20 + 2 * at));
	[8000, 8000].forEach((value, at) => head.writeUInt32LE(value, 24 + 4 * at));
	[1, 8].forEach((value, at) => head.writeUInt16LE(value, 32 + 2 * at));
	head.write('data', 36, 'latin1');
	head.writeUInt32LE(bytes, 40);
	return Buffer.concat([head, Buffer.alloc(bytes, 0x80)]);
}

/** RIFF INFO: a list of texts that do not say how they are written. */
function info(texts: Record<string, string>): Buffer {
	const chunks = Object.entries(texts).map(([id, text]) => {
		const body = Buffer.from(`${text}\0`);
		const head = Buffer.alloc(8);
		head.write(id, 0, 'latin1');
		head.writeUInt32LE(body.length, 4);
		return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
	});
	return Buffer.concat([Buffer.from('INFO'), ...chunks]);
}

/** ID3v2.3 has sizes of eight bits a byte, and parts several values by a slash. */
function id3v23(texts: Record<string, string>): Buffer {
	const frames = Object.entries(texts).map(([id, text]) => {
		const body = Buffer.concat([Buffer.of(0), Buffer.from(text, 'latin1')]);
		const head = Buffer.alloc(10);
		head.write(id, 0, 'latin1');
		head.writeUInt32BE(body.length, 4);
		return Buffer.concat([head, body]);
	});
	return id3Head(3, frames);
}

const CASES: [string, () => Buffer | Uint8Array, Partial<Metadata>][] = [
	[
		'AC/DC in ID3v2.3.mp3',
		() => Buffer.concat([id3v23({ TPE1: 'AC/DC', TIT2: 'T' }), mp3(9000)]),
		{ artist: 'AC/DC', title: 'T' }
	],
	[
		'AC/DC in ID3v2.2.mp3',
		() => Buffer.concat([id3v22({ artist: 'AC/DC', title: 'T' }), mp3(9000)]),
		{ artist: 'AC/DC' }
	],
	[
		'AC/DC in ID3v2.4.mp3',
		() => Buffer.concat([id3v24({ artist: 'AC/DC', title: 'T' }), mp3(9000)]),
		{ artist: 'AC/DC' }
	],
	[
		'two artists in ID3v2.4.mp3',
		() => Buffer.concat([id3v24({ artist: 'Ada\0Bea', title: 'T' }), mp3(9000)]),
		{ artist: 'Ada, Bea' }
	],
	[
		'a year that is a day.mp3',
		() => Buffer.concat([id3v24({ title: 'T', date: '2023-02-31' }), mp3(9000)]),
		{ date: '2023-02' }
	],
	[
		'many genres.mp3',
		() => Buffer.concat([id3v24({ title: 'T', genre: 'A1\0B2\0C3\0D4' }), mp3(9000)]),
		{ genre: 'A1, B2, C3' }
	],
	[
		'RIFF INFO behind the sound.wav',
		() => withChunk(wav(LONG), 'LIST', info({ INAM: 'Müller', IART: 'Žižek', IPRD: 'Übung' })),
		{ title: 'Müller', artist: 'Žižek', album: 'Übung' }
	],
	[
		'RIFF INFO of a short one.wav',
		() => withChunk(wav(8000), 'LIST', info({ INAM: 'Müller', ICRD: '2020', ITRK: '7' })),
		{ title: 'Müller', date: '2020' }
	],
	[
		'RIFF INFO and ID3.wav',
		() =>
			withChunk(
				withChunk(wav(LONG), 'LIST', info({ INAM: 'Listed', IPRD: 'From the list' })),
				'id3 ',
				id3v24({ title: 'Tagged', artist: 'Ada' })
			),
		{ artist: 'Ada' }
	],
	[
		'ID3v1 alone.mp3',
		() => Buffer.concat([mp3(LONG), id3v1({ title: 'Old', artist: 'Ada', album: 'One' })]),
		{ title: 'Old', artist: 'Ada', album: 'One' }
	],
	[
		'APE behind the sound.mp3',
		() => Buffer.concat([mp3(LONG), apeTag({ Title: 'Ape', Artist: 'Ada' })]),
		{ title: 'Ape', artist: 'Ada' }
	],
	[
		'ID3v2 before and ID3v1 behind.mp3',
		() =>
			Buffer.concat([
				id3v24({ title: 'Front' }),
				mp3(LONG),
				id3v1({ title: 'Back', artist: 'Ada', album: 'Only behind' })
			]),
		{ title: 'Front' }
	],
	[
		'nothing visible.mp3',
		() => Buffer.concat([id3v24({ title: '\u202e\u0007', artist: ' Ada\u0000' }), mp3(9000)]),
		{ title: null, artist: 'Ada' }
	]
];

test.each(CASES)('the browser and the server read the same: %s', async (name, make, says) => {
	const bytes = new Uint8Array(make());
	const file = path.join(folder, name.replaceAll('/', ''));
	await writeFile(file, bytes);

	const onServer = await inspector.tags(file);
	const chosen = new File([bytes], path.basename(file));
	const { tags: inBrowser } = await readTags(chosen, bytes.subarray(0, HEAD_BYTES));

	expect(onServer).toMatchObject(says);
	expect(onServer).toMatchObject(inBrowser);
});
