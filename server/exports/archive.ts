import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { ArchiveFile } from './contents.ts';
import type { ByteRange } from './byte-range.ts';
import {
	centralRecord,
	centralSize,
	dataDescriptor,
	endRecords,
	localHeader,
	type Layout,
	type Placed
} from './zip.ts';

/** Read at once: large enough for a disk, small enough that nobody's request waits for its checksum. */
const READ_BYTES = 256 * 1024;

export interface ArchiveOptions {
	/** Where a path below the storage folder is. */
	absolute: (path: string) => string;
	checksums: {
		of: (sha256: string) => Promise<number | null>;
		keep: (sha256: string, crc32: number) => Promise<void>;
	};
}

/**
 * The bytes of an archive from one place to another. Nothing is read before it is asked for, and nothing is held but what
 * is on its way. @throws Error when a file is not what it was when the layout was made
 */
export async function* archiveBytes(
	layout: Layout<ArchiveFile>,
	{ from, to }: ByteRange,
	options: ArchiveOptions
): AsyncGenerator<Uint8Array> {
	/** What of a piece that begins at `at` was asked for. */
	const part = (bytes: Uint8Array, at: number) =>
		bytes.subarray(Math.max(0, from - at), Math.max(0, to - at));
	const isWanted = (start: number, end: number) => start < to && end > from;
	const sums = new Checksums(options);

	for (const placed of layout.placed) {
		const { file, header, data, descriptor, end } = placed;
		if (!isWanted(header, end)) continue;
		if (isWanted(header, data)) yield part(localHeader(file), header);
		if (isWanted(data, descriptor)) {
			const start = Math.max(0, from - data);
			const until = Math.min(file.size, to - data);
			yield* start === 0 && until === file.size
				? sums.counted(placed)
				: fileBytes(file, { from: start, to: until }, options);
		}
		if (isWanted(descriptor, end)) {
			yield part(dataDescriptor(file, await sums.of(file)), descriptor);
		}
	}
	let at = layout.directory;
	for (const placed of layout.placed) {
		const end = at + centralSize(placed);
		if (isWanted(at, end)) yield part(centralRecord(placed, await sums.of(placed.file)), at);
		at = end;
	}
	if (isWanted(layout.tail, layout.size)) yield part(endRecords(layout), layout.tail);
}

/** CRC-32 of files: known, counted while they are sent, or read for it where a download went on in the middle. */
class Checksums {
	readonly #options: ArchiveOptions;
	readonly #ofCovers = new Map<string, number>();

	constructor(options: ArchiveOptions) {
		this.#options = options;
	}

	async of(file: ArchiveFile): Promise<number> {
		const known = await this.#known(file);
		if (known !== null) return known;
		let sum = 0;
		for await (const bytes of fileBytes(file, { from: 0, to: file.size }, this.#options)) {
			sum = crc32(bytes, sum);
		}
		await this.#keep(file, sum);
		return sum;
	}

	/** The bytes of a whole file, whose checksum is known afterwards. */
	async *counted({ file }: Placed<ArchiveFile>): AsyncGenerator<Uint8Array> {
		const bytes = fileBytes(file, { from: 0, to: file.size }, this.#options);
		if ((await this.#known(file)) !== null) return yield* bytes;
		let sum = 0;
		for await (const piece of bytes) {
			sum = crc32(piece, sum);
			yield piece;
		}
		await this.#keep(file, sum);
	}

	async #known({ source }: ArchiveFile): Promise<number | null> {
		if (source.kind === 'bytes') return crc32(source.bytes);
		if (source.sha256 !== null) return this.#options.checksums.of(source.sha256);
		return this.#ofCovers.get(source.path) ?? null;
	}

	async #keep({ source }: ArchiveFile, sum: number): Promise<void> {
		if (source.kind === 'bytes') return;
		if (source.sha256 !== null) await this.#options.checksums.keep(source.sha256, sum);
		else this.#ofCovers.set(source.path, sum);
	}
}

async function* fileBytes(
	{ source }: ArchiveFile,
	{ from, to }: ByteRange,
	{ absolute }: Pick<ArchiveOptions, 'absolute'>
): AsyncGenerator<Uint8Array> {
	if (source.kind === 'bytes') {
		yield source.bytes.subarray(from, to);
		return;
	}
	const handle = await open(absolute(source.path), 'r');
	try {
		for (let at = from; at < to;) {
			const piece = Buffer.allocUnsafeSlow(Math.min(READ_BYTES, to - at));
			const { bytesRead } = await handle.read(piece, 0, piece.length, at);
			if (bytesRead === 0) throw new Error('a file ended before its archive did');
			at += bytesRead;
			yield piece.subarray(0, bytesRead);
		}
	} finally {
		await handle.close();
	}
}
