/** A file of an archive: where it stands there, and how large it is. */
export interface ZipFile {
	/** Parts joined by forward slashes; written as UTF-8. */
	name: string;
	/** Bytes; stored as they are, never packed. */
	size: number;
	/** Milliseconds since 1970, written as UTC in steps of two seconds. */
	modified: number;
}

/** Where the parts of a file lie in its archive, in bytes from the archive's beginning. */
export interface Placed<File extends ZipFile> {
	file: File;
	header: number;
	data: number;
	descriptor: number;
	end: number;
}

export interface Layout<File extends ZipFile> {
	placed: Placed<File>[];
	directory: number;
	/** Where the records after the directory begin. */
	tail: number;
	/** Bytes of the whole archive. */
	size: number;
}

const MAX_32 = 0xffffffff;
const MAX_16 = 0xffff;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const ZIP64_LOCAL_EXTRA = 20;
const END_BYTES = 22;
const ZIP64_END_BYTES = 56 + 20;

/** Sizes and checksum follow the data; names are UTF-8. */
const FLAGS = (1 << 3) | (1 << 11);
const VERSION = 20;
const VERSION_ZIP64 = 45;
const MADE_BY_UNIX = 3 << 8;
const REGULAR_FILE = 0o100644;

const isLarge = (size: number) => size >= MAX_32;
const nameBytes = ({ name }: ZipFile) => Buffer.byteLength(name);

/**
 * Says where everything lies before a byte is read (PKWARE APPNOTE 6.3, methods: stored; ZIP64 only where it is needed).
 * The same files in the same order give the same archive.
 */
export function layOut<File extends ZipFile>(files: readonly File[]): Layout<File> {
	const placed: Placed<File>[] = [];
	let at = 0;
	for (const file of files) {
		const data = at + LOCAL_BYTES + nameBytes(file) + (isLarge(file.size) ? ZIP64_LOCAL_EXTRA : 0);
		const descriptor = data + file.size;
		const end = descriptor + (isLarge(file.size) ? 24 : 16);
		placed.push({ file, header: at, data, descriptor, end });
		at = end;
	}
	const directory = at;
	for (const each of placed) at += CENTRAL_BYTES + nameBytes(each.file) + centralExtra(each).length;
	const needsZip64 = placed.length >= MAX_16 || at - directory >= MAX_32 || directory >= MAX_32;
	return {
		placed,
		directory,
		tail: at,
		size: at + (needsZip64 ? ZIP64_END_BYTES : 0) + END_BYTES
	};
}

export function localHeader(file: ZipFile): Buffer {
	const large = isLarge(file.size);
	const name = Buffer.from(file.name);
	const head = Buffer.alloc(LOCAL_BYTES);
	const { time, date } = dosTime(file.modified);
	head.writeUInt32LE(0x04034b50, 0);
	head.writeUInt16LE(large ? VERSION_ZIP64 : VERSION, 4);
	head.writeUInt16LE(FLAGS, 6);
	head.writeUInt16LE(time, 10);
	head.writeUInt16LE(date, 12);
	if (large) {
		head.writeUInt32LE(MAX_32, 18);
		head.writeUInt32LE(MAX_32, 22);
	}
	head.writeUInt16LE(name.length, 26);
	head.writeUInt16LE(large ? ZIP64_LOCAL_EXTRA : 0, 28);
	return Buffer.concat([head, name, large ? zip64Extra([0, 0]) : Buffer.alloc(0)]);
}

/** @param crc32 of the data, as zlib has it */
export function dataDescriptor({ size }: ZipFile, crc32: number): Buffer {
	const bytes = Buffer.alloc(isLarge(size) ? 24 : 16);
	bytes.writeUInt32LE(0x08074b50, 0);
	bytes.writeUInt32LE(crc32, 4);
	if (isLarge(size)) {
		bytes.writeBigUInt64LE(BigInt(size), 8);
		bytes.writeBigUInt64LE(BigInt(size), 16);
	} else {
		bytes.writeUInt32LE(size, 8);
		bytes.writeUInt32LE(size, 12);
	}
	return bytes;
}

/** Bytes of one record of the directory, without making it. */
export function centralSize(placed: Placed<ZipFile>): number {
	return CENTRAL_BYTES + nameBytes(placed.file) + centralExtra(placed).length;
}

export function centralRecord(placed: Placed<ZipFile>, crc32: number): Buffer {
	const { file, header } = placed;
	const name = Buffer.from(file.name);
	const extra = centralExtra(placed);
	const head = Buffer.alloc(CENTRAL_BYTES);
	const { time, date } = dosTime(file.modified);
	head.writeUInt32LE(0x02014b50, 0);
	head.writeUInt16LE(MADE_BY_UNIX | VERSION_ZIP64, 4);
	head.writeUInt16LE(extra.length > 0 ? VERSION_ZIP64 : VERSION, 6);
	head.writeUInt16LE(FLAGS, 8);
	head.writeUInt16LE(time, 12);
	head.writeUInt16LE(date, 14);
	head.writeUInt32LE(crc32, 16);
	head.writeUInt32LE(Math.min(file.size, MAX_32), 20);
	head.writeUInt32LE(Math.min(file.size, MAX_32), 24);
	head.writeUInt16LE(name.length, 28);
	head.writeUInt16LE(extra.length, 30);
	head.writeUInt32LE(REGULAR_FILE * 0x10000, 38);
	head.writeUInt32LE(Math.min(header, MAX_32), 42);
	return Buffer.concat([head, name, extra]);
}

/** What stands after the directory and says where it is. */
export function endRecords({ placed, directory, tail, size }: Layout<ZipFile>): Buffer {
	const end = Buffer.alloc(END_BYTES);
	end.writeUInt32LE(0x06054b50, 0);
	end.writeUInt16LE(Math.min(placed.length, MAX_16), 8);
	end.writeUInt16LE(Math.min(placed.length, MAX_16), 10);
	end.writeUInt32LE(Math.min(tail - directory, MAX_32), 12);
	end.writeUInt32LE(Math.min(directory, MAX_32), 16);
	if (size - tail === END_BYTES) return end;
	const large = Buffer.alloc(ZIP64_END_BYTES);
	large.writeUInt32LE(0x06064b50, 0);
	large.writeBigUInt64LE(44n, 4); // of what follows in this record
	large.writeUInt16LE(MADE_BY_UNIX | VERSION_ZIP64, 12);
	large.writeUInt16LE(VERSION_ZIP64, 14);
	large.writeBigUInt64LE(BigInt(placed.length), 24);
	large.writeBigUInt64LE(BigInt(placed.length), 32);
	large.writeBigUInt64LE(BigInt(tail - directory), 40);
	large.writeBigUInt64LE(BigInt(directory), 48);
	large.writeUInt32LE(0x07064b50, 56);
	large.writeBigUInt64LE(BigInt(tail), 64);
	large.writeUInt32LE(1, 72);
	return Buffer.concat([large, end]);
}

/** Holds what does not fit into 32 bits, in the order that the format prescribes. */
function centralExtra({ file, header }: Placed<ZipFile>): Buffer {
	const values = isLarge(file.size) ? [file.size, file.size] : [];
	if (header >= MAX_32) values.push(header);
	return values.length > 0 ? zip64Extra(values) : Buffer.alloc(0);
}

function zip64Extra(values: readonly number[]): Buffer {
	const extra = Buffer.alloc(4 + 8 * values.length);
	extra.writeUInt16LE(0x0001, 0);
	extra.writeUInt16LE(8 * values.length, 2);
	values.forEach((value, at) => extra.writeBigUInt64LE(BigInt(value), 4 + 8 * at));
	return extra;
}

function dosTime(modified: number): { time: number; date: number } {
	const when = new Date(modified);
	const year = Math.min(2107, Math.max(1980, when.getUTCFullYear()));
	return {
		time: (when.getUTCHours() << 11) | (when.getUTCMinutes() << 5) | (when.getUTCSeconds() >> 1),
		date: ((year - 1980) << 9) | ((when.getUTCMonth() + 1) << 5) | when.getUTCDate()
	};
}
