import { createHash } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import yauzl from 'yauzl';
import { archiveBytes } from './archive.ts';
import { byteRange } from './byte-range.ts';
import type { ArchiveFile } from './contents.ts';
import { endingOf, safePart, UniqueNames } from './file-names.ts';
import { centralRecord, dataDescriptor, endRecords, layOut, localHeader } from './zip.ts';

let folder = '';
beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'segue-archive-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const contents = { song: 'la '.repeat(200), bell: 'ding', none: '' };
const files = Object.entries(contents).map(([name, text], at): ArchiveFile => ({
	name: `Ünder/${name}`,
	size: text.length,
	modified: Date.UTC(2026, 1, 3, 4, 5, 6),
	source:
		at === 1
			? { kind: 'bytes', bytes: Buffer.from(text) }
			: { kind: 'file', path: name, sha256: at === 0 ? name : null }
}));

async function bytesOf(range: { from: number; to: number }, known = new Map<string, number>()) {
	for (const [name, text] of Object.entries(contents)) {
		await writeFile(path.join(folder, name), text);
	}
	const pieces = [];
	for await (const piece of archiveBytes(layOut(files), range, {
		absolute: (name) => path.join(folder, name),
		checksums: {
			of: async (sha256) => known.get(sha256) ?? null,
			keep: async (sha256, crc32) => void known.set(sha256, crc32)
		}
	})) {
		pieces.push(piece);
	}
	return Buffer.concat(pieces);
}

test('any piece of an archive is that piece of the whole, whether or not checksums are known', async () => {
	const { size } = layOut(files);
	const whole = await bytesOf({ from: 0, to: size });
	expect(whole.length).toBe(size);

	for (let from = 0; from < size; from += 37) {
		const to = Math.min(size, from + 150);
		const piece = await bytesOf({ from, to });
		expect(piece.equals(whole.subarray(from, to)), `${from} to ${to}`).toBe(true);
	}
	expect((await bytesOf({ from: size - 1, to: size })).equals(whole.subarray(-1))).toBe(true);
});

test('a program that reads archives reads the same files out of it', async () => {
	const archive = await yauzl.fromBufferPromise(await bytesOf({ from: 0, to: layOut(files).size }));
	const read: Record<string, string> = {};
	for await (const entry of archive.eachEntry()) {
		const pieces = [];
		for await (const piece of await archive.openReadStreamPromise(entry)) pieces.push(piece);
		read[entry.fileName] = Buffer.concat(pieces).toString();
		expect(entry.getLastModDate({ timezone: 'UTC' }).toISOString()).toBe(
			'2026-02-03T04:05:06.000Z'
		);
	}
	expect(read).toEqual(
		Object.fromEntries(Object.entries(contents).map(([name, text]) => [`Ünder/${name}`, text]))
	);
});

test('a file that ends early ends the download, and is not filled up', async () => {
	const { size } = layOut(files);
	const short = files.map((file) => ({ ...file, size: file.size + 1 }));
	const reading = async () => {
		for await (const piece of archiveBytes(
			layOut(short),
			{ from: 0, to: size },
			{
				absolute: (name) => path.join(folder, name),
				checksums: { of: async () => null, keep: async () => {} }
			}
		)) {
			void piece;
		}
	};
	await expect(reading()).rejects.toThrow('ended');
});

test('what is larger than four gigabytes, and what stands behind it, is found', async () => {
	const GB = 1e9;
	const large = ['one', 'two', 'three'].map((name, at) => ({
		name,
		size: at === 2 ? 7 : 5 * GB,
		modified: 0
	}));
	const layout = layOut(large);
	const file = path.join(folder, 'large.zip');
	const handle = await open(file, 'w');
	for (const placed of layout.placed) {
		const head = localHeader(placed.file);
		expect(placed.header + head.length).toBe(placed.data);
		await handle.write(head, 0, head.length, placed.header);
		const descriptor = dataDescriptor(placed.file, 1);
		expect(placed.descriptor + descriptor.length).toBe(placed.end);
		await handle.write(descriptor, 0, descriptor.length, placed.descriptor);
	}
	const tail = Buffer.concat([
		...layout.placed.map((placed) => centralRecord(placed, 1)),
		endRecords(layout)
	]);
	expect(layout.directory + tail.length).toBe(layout.size);
	await handle.write(tail, 0, tail.length, layout.directory);
	await handle.close();

	const archive = await yauzl.openPromise(file);
	const found = [];
	for await (const { fileName, uncompressedSize } of archive.eachEntry()) {
		found.push([fileName, uncompressedSize]);
	}
	archive.close();
	expect(found).toEqual(large.map(({ name, size }) => [name, size]));
});

test('more files than sixteen bits count are all found', { timeout: 30_000 }, async () => {
	const many = Array.from({ length: 70_000 }, (_, at) => ({ name: `${at}`, size: 0, modified: 0 }));
	const layout = layOut(many);
	const archive = await yauzl.fromBufferPromise(
		Buffer.concat([
			...layout.placed.flatMap(({ file }) => [localHeader(file), dataDescriptor(file, 0)]),
			...layout.placed.map((placed) => centralRecord(placed, 0)),
			endRecords(layout)
		])
	);
	expect(archive.entryCount).toBe(many.length);
});

test.each([
	['../../etc/passwd', '___.._etc_passwd'],
	['AC/DC: "Back\\in?" <Black>|*', 'AC_DC_ _Back_in__ _Black___'],
	['con', '_con'],
	['LPT1.flac', '_LPT1.flac'],
	['.hidden', '_hidden'],
	['-rf', '_rf'],
	['ends. . ', 'ends'],
	['\u0000\u0007\u202e', 'Untitled'],
	['...', '___'],
	['e\u0301', '\u00e9'],
	['', 'Untitled']
])('%j becomes %j', (title, name) => {
	expect(safePart(title)).toBe(name);
});

test('a long title ends between two letters', () => {
	const part = safePart('\u{1f3b5}'.repeat(300));
	expect(part).toBe('\u{1f3b5}'.repeat(18));
});

test('names are given once, where capitals do not count too', () => {
	const names = new UniqueNames();
	expect(names.take('A', 'Song', '.mp3')).toBe('A/Song.mp3');
	expect(names.take('A', 'SONG', '.mp3')).toBe('A/SONG (2).mp3');
	expect(names.take('a', 'song', '.MP3')).toBe('a/song (3).MP3');
	expect(names.take('B', 'Song', '.mp3')).toBe('B/Song.mp3');
});

test.each([
	['song.FLAC', '.flac'],
	['song', ''],
	['song.', ''],
	['song.a/b', ''],
	['x.tar.gz', '.gz']
])('the ending of %j is %j', (name, ending) => {
	expect(endingOf(name)).toBe(ending);
});

test.each([
	[null, null],
	['bytes=0-', { from: 0, to: 100 }],
	['bytes=5-9', { from: 5, to: 10 }],
	['bytes=90-900', { from: 90, to: 100 }],
	['bytes=-10', { from: 90, to: 100 }],
	['bytes=-1000', { from: 0, to: 100 }],
	['bytes=100-', 'unsatisfiable'],
	['bytes=-0', 'unsatisfiable'],
	['bytes=9-5', null],
	['bytes=0-1,5-6', null],
	['bytes=-', null],
	['items=0-5', null]
])('of 100 bytes %j asks for %j', (header, asked) => {
	expect(byteRange(header, 100)).toEqual(asked);
});

test('the same files make the same archive', async () => {
	const { size } = layOut(files);
	const hash = async () =>
		createHash('sha256')
			.update(await bytesOf({ from: 0, to: size }))
			.digest('hex');
	expect(await hash()).toBe(await hash());
});
