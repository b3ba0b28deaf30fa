import { mkdtemp, open, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileSink, writePieces } from './file-sink.ts';

let folder: string;
let file: string;
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'segue-sink-'));
	file = path.join(folder, 'upload');
	await writeFile(file, 'kept|');
});
afterEach(async () => {
	vi.restoreAllMocks();
	await rm(folder, { recursive: true });
});

/** With memory of its own, as Node reads a body. */
const pieceOf = (text: string) => Buffer.from(new TextEncoder().encode(text).buffer);
const memoryOf = ({ buffer }: Buffer) => buffer as ArrayBuffer;

/** What all open files have in common. */
async function handles() {
	await using handle = await open(file, 'r');
	return Object.getPrototypeOf(handle) as FileHandle;
}

describe('writing pieces', () => {
	it('lets go of their memory, but not of what others share', async () => {
		const own = pieceOf('its own ');
		const shared = Buffer.from('of the pool');
		await using handle = await open(file, 'r+');
		await writePieces(handle, [own, shared], 5);
		expect(await readFile(file, 'utf8')).toBe('kept|its own of the pool');
		expect(memoryOf(own).detached).toBe(true);
		expect(memoryOf(shared).detached).toBe(false);
	});

	it('writes what a nearly full disk left over', async () => {
		await using handle = await open(file, 'r+');
		const sparing = {
			writev: ([first]: Buffer[], at: number) => handle.writev([first!.subarray(0, 3)], at)
		} as unknown as FileHandle;
		expect(await writePieces(sparing, [pieceOf('one, '), pieceOf('two, three')], 5)).toBe(15);
		expect(await readFile(file, 'utf8')).toBe('kept|one, two, three');
	});
});

describe('a sink', () => {
	const options = { start: 5, flush: true, onpiece() {} };

	it('writes what it gathered, to the last byte', async () => {
		const pieces = Array.from({ length: 10 }, (_, at) => pieceOf(`${at} and `));
		const seen: number[] = [];
		const onpiece = (piece: Buffer) => seen.push(piece.length);
		await pipeline(Readable.from(pieces), new FileSink(file, { ...options, gather: 16, onpiece }));
		expect(await readFile(file, 'utf8')).toBe(`kept|${seen.map((_, at) => `${at} and `).join('')}`);
		expect(seen).toHaveLength(10);
	});

	it('keeps nothing back where nothing may be gathered', async () => {
		const sink = new FileSink(file, { ...options, gather: 0 });
		await new Promise<void>((resolve) => sink.write(pieceOf('at once'), () => resolve()));
		expect(await readFile(file, 'utf8')).toBe('kept|at once');
		sink.destroy();
	});

	it('writes together what came while the disk was busy', async () => {
		const writing = vi.spyOn(await handles(), 'writev');
		const pieces = Array.from({ length: 10 }, (_, at) => pieceOf(`${at} and `));
		const whole = pieces.join('');
		const sink = new FileSink(file, { ...options, gather: 0 });
		for (const piece of pieces) sink.write(piece);
		await promisify(sink.end.bind(sink))();
		expect(await readFile(file, 'utf8')).toBe(`kept|${whole}`);
		expect(writing.mock.calls.length).toBeLessThan(4);
	});

	it('has the disk take a long body while it comes, and says when it could not', async () => {
		const syncing = vi.spyOn(await handles(), 'datasync').mockRejectedValueOnce(new Error('EIO'));
		const long = Array.from({ length: 9 }, () => Buffer.alloc(1024 * 1024));
		const sink = new FileSink(file, { ...options, gather: 0 });
		await expect(pipeline(Readable.from(long), sink)).rejects.toThrow('EIO');
		expect(syncing).toHaveBeenCalledTimes(1);
	});

	it('says what the disk says', async () => {
		const sink = new FileSink(path.join(folder, 'nowhere'), { ...options, gather: 0 });
		await expect(pipeline(Readable.from([pieceOf('lost')]), sink)).rejects.toThrow('ENOENT');
	});
});
