import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ListedItem } from './items.ts';
import { openArchive } from './zip.ts';

interface Part {
	name: string | Buffer;
	data?: Buffer;
	isPacked?: boolean;
	flags?: number;
	method?: number;
	/** Unix mode. */
	mode?: number;
	/** What the directory says, where that is a lie. */
	crc?: number;
	size?: number;
	packedSize?: number;
	localName?: string;
	/** Begins where this one begins. */
	sharedWith?: number;
}

const SONG = Buffer.from('a song '.repeat(50));
const SYMLINK = 0o120777;

let folder = '';
beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'segue-zip-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** An archive as these parts say, right or wrong. */
function zip(parts: readonly Part[], { count = parts.length } = {}): Buffer {
	const bodies: Buffer[] = [];
	const places: number[] = [];
	const directory: Buffer[] = [];
	let at = 0;
	for (const part of parts) {
		const { data = SONG, isPacked = false, flags = 0, mode = 0o100644 } = part;
		const name = Buffer.from(part.name);
		const packed = isPacked ? deflateRawSync(data) : data;
		const method = part.method ?? (isPacked ? 8 : 0);
		const local = Buffer.alloc(30);
		const localName = Buffer.from(part.localName ?? name);
		local.writeUInt32LE(0x04034b50, 0);
		local.writeUInt16LE(flags, 6);
		local.writeUInt16LE(method, 8);
		local.writeUInt16LE(localName.length, 26);
		const place = part.sharedWith === undefined ? at : places[part.sharedWith]!;
		places.push(place);
		if (part.sharedWith === undefined) {
			const body = Buffer.concat([local, localName, packed]);
			bodies.push(body);
			at += body.length;
		}
		const head = Buffer.alloc(46);
		head.writeUInt32LE(0x02014b50, 0);
		head.writeUInt16LE((3 << 8) | 20, 4);
		head.writeUInt16LE(flags, 8);
		head.writeUInt16LE(method, 10);
		head.writeUInt32LE(part.crc ?? crc32(data), 16);
		head.writeUInt32LE(part.packedSize ?? packed.length, 20);
		head.writeUInt32LE(part.size ?? data.length, 24);
		head.writeUInt16LE(name.length, 28);
		head.writeUInt32LE(mode * 0x10000, 38);
		head.writeUInt32LE(place, 42);
		directory.push(Buffer.concat([head, name]));
	}
	const central = Buffer.concat(directory);
	const end = Buffer.alloc(22);
	end.writeUInt32LE(0x06054b50, 0);
	end.writeUInt16LE(count, 8);
	end.writeUInt16LE(count, 10);
	end.writeUInt32LE(central.length, 12);
	end.writeUInt32LE(at, 16);
	return Buffer.concat([...bodies, central, end]);
}

async function open(archive: Buffer) {
	const file = path.join(folder, 'archive');
	await writeFile(file, archive);
	return openArchive(file);
}

async function listed(archive: Buffer): Promise<ListedItem[]> {
	const source = await open(archive);
	const { items } = await source.list(null);
	await source.close?.();
	return items;
}

/** @returns the item's bytes, or the code of why there are none */
async function fetched(archive: Buffer): Promise<string> {
	const source = await open(archive);
	const { items } = await source.list(null);
	try {
		const item = { ...items[0]!, locator: null };
		const { body } = await source.fetch(item, { offset: 0, ifRange: null });
		return (await buffer(body)).toString();
	} catch (error) {
		return (error as { code: string }).code;
	} finally {
		await source.close?.();
	}
}

test('songs and covers are listed with their folders, all else is left out', async () => {
	const items = await listed(
		zip([
			{ name: 'Album/' },
			{ name: 'Album/01 Söng.flac' },
			{ name: 'Album/cover.jpg', isPacked: true },
			{ name: 'Album/booklet.pdf' },
			{ name: 'Album/inner.zip' },
			{ name: '__MACOSX/Album/._01 Söng.flac' },
			{ name: 'Album/._02.mp3' },
			{ name: 'Album/link.mp3', mode: SYMLINK },
			{ name: 'loose.mp3' }
		])
	);
	expect(items.map(({ name, path: where }) => [name, where])).toEqual([
		['01 Söng.flac', 'Album/01 Söng.flac'],
		['cover.jpg', 'Album/cover.jpg'],
		['loose.mp3', undefined]
	]);
	expect(new Set(items.map(({ sourceId }) => sourceId)).size).toBe(3);
});

test.each([
	['../../../etc/cron.d/x.mp3', 'x.mp3', 'etc/cron.d/x.mp3'],
	['/etc/x.mp3', 'x.mp3', 'etc/x.mp3'],
	['C:\\Windows\\x.mp3', 'x.mp3', 'C:/Windows/x.mp3'],
	['..\\..\\x.mp3', 'x.mp3', undefined],
	['a\u0000b/x\u0007.mp3', 'x.mp3', 'ab/x.mp3'],
	['a/\u202e3pm.x.mp3', '3pm.x.mp3', 'a/3pm.x.mp3'],
	[`${'x'.repeat(3000)}.mp3/y.mp3`, 'y.mp3', `${'x'.repeat(255)}/y.mp3`]
])(
	'a name that leads elsewhere is only shown, and leads nowhere: %j',
	async (name, shown, where) => {
		const [item] = await listed(zip([{ name }]));
		expect([item?.name, item?.path]).toEqual([shown, where]);
	}
);

test('names of old programs are read as CP437, and unmarked UTF-8 as what it is', async () => {
	const items = await listed(
		zip([
			{ name: Buffer.from([0x4d, 0x81, 0x6c, 0x2e, 0x6d, 0x70, 0x33]) },
			{ name: Buffer.from('Mül.mp3') }
		])
	);
	expect(items.map(({ name }) => name)).toEqual(['Mül.mp3', 'Mül.mp3']);
});

test.each([
	['stored', {}],
	['packed', { isPacked: true }]
])('a %s song is unpacked bit for bit', async (_what, part) => {
	expect(await fetched(zip([{ name: 'a.mp3', ...part }]))).toBe(SONG.toString());
});

test.each([
	['encrypted', 'is encrypted', { flags: 1, isPacked: true }],
	['checksum', 'has another checksum', { crc: 1 }],
	['checksum', 'is packed, with another checksum', { crc: 1, isPacked: true }],
	['wrong_length', 'is longer than it says', { isPacked: true, size: 10 }],
	['wrong_length', 'is shorter than it says', { isPacked: true, size: 1000 }],
	['bomb', 'unpacks to more than music does', { isPacked: true, data: Buffer.alloc(4e6) }],
	['not_understood', 'is packed in another way', { method: 14 }],
	['unreadable', 'is no packed data', { method: 8 }],
	['unsafe_archive', 'has two names', { localName: 'b.mp3' }]
])('%s: a song that %s', async (code, _what, part) => {
	// Beside what is large, so that the archive as a whole is none.
	const ballast = { name: 'ballast.bin', data: Buffer.alloc(1e6, 'x') };
	expect(await fetched(zip([{ name: 'a.mp3', ...part }, ballast]))).toBe(code);
});

test.each([
	[
		'unsafe_archive',
		'has bytes that are part of two files',
		[{ name: 'a.mp3' }, { name: 'b.mp3', sharedWith: 0 }]
	],
	[
		'unsafe_archive',
		'says that a file goes on behind its end',
		[{ name: 'a.mp3', packedSize: 1e6, size: 1e6 }]
	],
	[
		'bomb',
		'unpacks to a hundred times its size',
		[{ name: 'a.bin', isPacked: true, data: Buffer.alloc(40e6) }]
	]
])('%s: an archive that %s is left alone', async (code, _what, parts) => {
	await expect(listed(zip(parts))).rejects.toMatchObject({ code, scope: 'source' });
});

test('an archive of too many files is left alone before they are read', async () => {
	await expect(listed(zip([{ name: 'a.mp3' }], { count: 65_000 }))).rejects.toMatchObject({
		code: 'too_many_items'
	});
});

test.each([
	['nothing', Buffer.alloc(0)],
	['a song', SONG],
	['half an archive', zip([{ name: 'a.mp3' }]).subarray(0, 100)],
	['the end of one', zip([{ name: 'a.mp3' }]).subarray(-60)]
])('%s is no archive', async (_what, bytes) => {
	await expect(listed(bytes)).rejects.toMatchObject({ scope: 'source' });
});

test('a song that is broken says so to whoever reads it, however late, and to nobody else', async () => {
	const source = await open(
		zip([
			{ name: 'a.mp3', crc: 1 },
			{ name: 'b.mp3', method: 8 }
		])
	);
	const { items } = await source.list(null);
	for (const item of items) {
		const { body } = await source.fetch({ ...item, locator: null }, { offset: 0, ifRange: null });
		// Time for what would go wrong by itself.
		await new Promise((resolve) => setImmediate(resolve));
		await expect(buffer(body)).rejects.toHaveProperty('code');
	}
	await source.close?.();
});
