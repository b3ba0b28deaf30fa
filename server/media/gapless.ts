import { open, type FileHandle } from 'node:fs/promises';
import type { Gapless } from '#contracts/track';
import { id3Size, mpegFrameAt } from './sniff.ts';
import type { Demuxer } from './sniff.ts';

const HEAD_BYTES = 64 * 1024;
const ID3_HEADER_BYTES = 10;
/** A box inside a box inside a box: five are enough to come to an edit list. */
const MAX_BOXES = 1000;

/**
 * What the encoder added before and after the music, where the format says so: MP3 by LAME's tag, Opus by its head,
 * MP4 by its edit list. Null for all others, and for what cannot be understood.
 */
export async function readGapless(
	file: string,
	{ demuxer, hertz }: { demuxer: Demuxer; hertz: number }
): Promise<Gapless | null> {
	const handle = await open(file, 'r');
	try {
		switch (demuxer) {
			case 'mp3':
				return ofMp3(await mp3Head(handle), hertz);
			case 'ogg':
				return ofOpus(await read(handle, 0, HEAD_BYTES));
			case 'mov':
				return await ofMp4(handle);
			default:
				return null;
		}
	} finally {
		await handle.close();
	}
}

async function read(handle: FileHandle, position: number, length: number): Promise<Buffer> {
	const buffer = Buffer.alloc(length);
	const { bytesRead } = await handle.read(buffer, 0, length, position);
	return buffer.subarray(0, bytesRead);
}

async function mp3Head(handle: FileHandle): Promise<Buffer> {
	const head = await read(handle, 0, HEAD_BYTES);
	if (head.toString('latin1', 0, 3) !== 'ID3') return head;
	return read(handle, ID3_HEADER_BYTES + id3Size(head), HEAD_BYTES);
}

/** The Xing header's flags, each with how many bytes it adds before LAME's part. */
const XING_FIELDS = [
	[1, 4],
	[2, 4],
	[4, 100],
	[8, 4]
] as const;
/** From the encoder's name to the three bytes with both lengths, twelve bits each. */
const LAME_DELAYS = 21;

/** The first frame holds no sound but "Xing" or "Info", and then what the encoder says of itself. */
function ofMp3(bytes: Buffer, hertz: number): Gapless | null {
	const frame = mpegFrameAt(bytes);
	if (frame === null) return null;
	const first = bytes.subarray(frame, frame + 2048);
	const tag = Math.max(first.indexOf('Xing'), first.indexOf('Info'));
	if (tag < 0 || tag + 8 > first.length) return null;
	const flags = first.readUInt32BE(tag + 4);
	const encoder = XING_FIELDS.reduce(
		(at, [flag, length]) => at + (flags & flag ? length : 0),
		tag + 8
	);
	if (!/^(LAME|Lav[cf]|GOGO)/.test(first.toString('latin1', encoder, encoder + 4))) return null;
	if (encoder + LAME_DELAYS + 3 > first.length) return null;
	const both = first.readUIntBE(encoder + LAME_DELAYS, 3);
	return { hertz, delay: both >> 12, padding: both & 0xfff };
}

/** RFC 7845 §5.1: what is skipped at the start, at 48 kHz. Its end is in the last page, and decoders know it. */
function ofOpus(bytes: Buffer): Gapless | null {
	const head = bytes.indexOf('OpusHead');
	if (head < 0 || head + 12 > bytes.length) return null;
	return { hertz: 48_000, delay: bytes.readUInt16LE(head + 10), padding: 0 };
}

/** ISO 14496-12 §8.6.6: the edit list says from where and for how long the sound is to be heard. */
async function ofMp4(handle: FileHandle): Promise<Gapless | null> {
	const { size } = await handle.stat();
	const found: Record<string, Buffer> = {};
	let boxes = 0;
	async function walk(from: number, to: number): Promise<void> {
		for (let at = from; at + 8 <= to && boxes++ < MAX_BOXES;) {
			const head = await read(handle, at, 16);
			if (head.length < 8) return;
			const type = head.toString('latin1', 4, 8);
			const short = head.readUInt32BE(0);
			const length =
				short === 1 && head.length === 16
					? Number(head.readBigUInt64BE(8))
					: short === 0
						? to - at
						: short;
			if (length < 8 || at + length > to) return;
			const body = at + (short === 1 ? 16 : 8);
			if (['moov', 'trak', 'mdia', 'edts'].includes(type)) await walk(body, at + length);
			// Of several tracks the first one is the sound, as it is for ffmpeg.
			if (['mvhd', 'mdhd', 'elst'].includes(type)) found[type] ??= await read(handle, body, 64);
			at += length;
		}
	}
	await walk(0, size);
	const { mvhd, mdhd, elst } = found;
	if (!mvhd || !mdhd || !elst || elst.length < 20 || elst[0] !== 0 || elst.readUInt32BE(4) !== 1) {
		return null;
	}
	const movie = timing(mvhd);
	const media = timing(mdhd);
	const delay = elst.readInt32BE(12);
	if (movie.hertz === 0 || media.hertz === 0 || delay < 0) return null;
	const heard = (elst.readUInt32BE(8) / movie.hertz) * media.hertz;
	const padding = Math.max(0, Math.round(media.duration - delay - heard));
	return { hertz: media.hertz, delay, padding };
}

/** What `mvhd` and `mdhd` have in common: units a second, and how many of them. Version 1 has longer times. */
function timing(box: Buffer): { hertz: number; duration: number } {
	return box[0] === 1
		? { hertz: box.readUInt32BE(20), duration: Number(box.readBigUInt64BE(24)) }
		: { hertz: box.readUInt32BE(12), duration: box.readUInt32BE(16) };
}
