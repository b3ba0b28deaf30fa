import { open } from 'node:fs/promises';
import type { Outline } from './outline.ts';

/** RFC 9639 §8.2: the first block of metadata, behind the signature and the block's own header. */
const STREAMINFO = { at: 8, bytes: 34 };
/** Frames may be longer, and no encoder makes them so. */
const LAST_BYTES = 256 * 1024;
const MIN_FRAME_BYTES = 10;
/** A header without its checksum: what is coded in a variable number of bytes takes most of it. */
const MAX_HEADER_BYTES = 15;
/** What looks like a frame's header and is none comes once in many thousand bytes. */
const MOST_TRIES = 50;

/**
 * Reads a FLAC's beginning and its last frame. Every frame says where it belongs and carries a checksum: when the last
 * one is whole and ends where the header promises, nothing is cut off. Null for every other file.
 */
export async function readFlac(file: string): Promise<Outline | null> {
	const handle = await open(file, 'r');
	try {
		const { size } = await handle.stat();
		const head = Buffer.alloc(STREAMINFO.at + STREAMINFO.bytes);
		if (size <= head.length) return null;
		await handle.read(head, 0, head.length, 0);
		if (!head.toString('latin1').startsWith('fLaC') || ((head[4] ?? 0) & 0x7f) !== 0) return null;
		const info = streamInfo(head.subarray(STREAMINFO.at));
		if (info.hertz === 0 || info.samples === 0) return null;
		const tail = Buffer.alloc(Math.min(size - head.length, LAST_BYTES));
		await handle.read(tail, 0, tail.length, size - tail.length);
		if (endOf(tail, info) !== info.samples) return null;
		const seconds = info.samples / info.hertz;
		return {
			seconds,
			promisedSeconds: seconds,
			hertz: info.hertz,
			channels: info.channels,
			depth: info.depth,
			bitsPerSecond: Math.round((size * 8) / seconds)
		};
	} finally {
		await handle.close();
	}
}

interface StreamInfo {
	/** Samples of one channel in a frame, where all but the last have as many. */
	blockSize: number;
	hertz: number;
	channels: number;
	depth: number;
	/** Of one channel. */
	samples: number;
}

function streamInfo(block: Buffer): StreamInfo {
	const packed = block.readUInt32BE(10);
	return {
		blockSize: block.readUInt16BE(0),
		hertz: packed >>> 12,
		channels: ((packed >>> 9) & 7) + 1,
		depth: ((packed >>> 4) & 31) + 1,
		samples: (packed & 15) * 2 ** 32 + block.readUInt32BE(14)
	};
}

/** The sample behind the last frame, which must end with the bytes; null when no whole frame does. */
function endOf(bytes: Buffer, info: StreamInfo): number | null {
	if (bytes.length < MIN_FRAME_BYTES) return null;
	const checksum = bytes.readUInt16BE(bytes.length - 2);
	let tries = 0;
	for (let at = bytes.length - MIN_FRAME_BYTES; at >= 0 && tries < MOST_TRIES; at -= 1) {
		if (bytes[at] !== 0xff || ((bytes[at + 1] ?? 0) & 0xfe) !== 0xf8) continue;
		const frame = frameAt(bytes.subarray(at, at + MAX_HEADER_BYTES + 1), info);
		if (frame === null) continue;
		tries += 1;
		if (crc16(bytes.subarray(at, -2)) === checksum) return frame.first + frame.samples;
	}
	return null;
}

/** RFC 9639 §9.1: which samples a frame holds, by its header; null when the header's checksum is not its own. */
function frameAt(
	header: Buffer,
	{ blockSize }: StreamInfo
): { first: number; samples: number } | null {
	const isVariable = ((header[1] ?? 0) & 1) === 1;
	const [sizeBits, rateBits] = [(header[2] ?? 0) >> 4, (header[2] ?? 0) & 15];
	const number = codedNumber(header, 4);
	if (number === null || sizeBits === 0 || rateBits === 15) return null;
	const sizeBytes = sizeBits === 6 ? 1 : sizeBits === 7 ? 2 : 0;
	const rateBytes = rateBits === 12 ? 1 : rateBits > 12 ? 2 : 0;
	const end = number.end + sizeBytes + rateBytes;
	if (end >= header.length || crc8(header.subarray(0, end)) !== header[end]) return null;
	const samples = sizeBytes
		? header.readUIntBE(number.end, sizeBytes) + 1
		: sizeBits === 1
			? 192
			: sizeBits < 6
				? 576 * 2 ** (sizeBits - 2)
				: 256 * 2 ** (sizeBits - 8);
	return { first: isVariable ? number.value : number.value * blockSize, samples };
}

/** RFC 9639 §9.1.5: as UTF-8 codes characters, up to seven bytes of it. */
function codedNumber(bytes: Buffer, at: number): { value: number; end: number } | null {
	const lead = bytes[at] ?? 0;
	const length = lead < 0x80 ? 1 : Math.clz32(~(lead << 24));
	if (length > 7 || (length === 1 && lead >= 0x80)) return null;
	let value = length === 1 ? lead : lead & (0x7f >> length);
	for (const byte of bytes.subarray(at + 1, at + length)) value = value * 64 + (byte & 0x3f);
	return { value, end: at + length };
}

const tableOf = (polynomial: number, bits: 8 | 16) =>
	Uint16Array.from({ length: 256 }, (_, byte) => {
		let crc = byte << (bits - 8);
		for (let bit = 0; bit < 8; bit += 1) {
			crc = (crc << 1) ^ ((crc >> (bits - 1)) & 1 ? polynomial : 0);
		}
		return crc & (2 ** bits - 1);
	});
const CRC8 = tableOf(0x07, 8);
const CRC16 = tableOf(0x8005, 16);

const crc8 = (bytes: Buffer) => bytes.reduce((crc, byte) => CRC8[crc ^ byte] ?? 0, 0);

function crc16(bytes: Buffer): number {
	let crc = 0;
	for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ (CRC16[(crc >> 8) ^ byte] ?? 0);
	return crc;
}
