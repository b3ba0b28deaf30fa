import { open } from 'node:fs/promises';
import { mpegHeaderAt } from './mpeg.ts';

/** Kinds of sound, named as ffmpeg names the demuxer that reads them. */
export type Demuxer =
	| 'mp3'
	| 'aac'
	| 'flac'
	| 'ogg'
	| 'wav'
	| 'aiff'
	| 'mov'
	| 'asf'
	| 'wv'
	| 'mpc'
	| 'mpc8'
	| 'ape'
	| 'caf'
	| 'matroska';
export type Sniffed =
	{ kind: 'audio'; demuxer: Demuxer } | { kind: 'picture' } | { kind: 'protected' } | null;

const HEAD_BYTES = 16 * 1024;
const ID3_HEADER_BYTES = 10;

const ascii = (bytes: Buffer, at: number, text: string) =>
	bytes.subarray(at, at + text.length).toString('latin1') === text;

/**
 * Tells what a file is by its first bytes; names and announced types are not asked. Null for what is neither sound
 * nor a picture: a playlist named `.mp3` among them, which ffmpeg would follow to other files.
 */
export async function sniffFile(file: string): Promise<Sniffed> {
	const handle = await open(file, 'r');
	try {
		const read = async (position: number) => {
			const buffer = Buffer.alloc(HEAD_BYTES);
			const { bytesRead } = await handle.read(buffer, 0, HEAD_BYTES, position);
			return buffer.subarray(0, bytesRead);
		};
		const head = await read(0);
		if (!ascii(head, 0, 'ID3') || head.length < ID3_HEADER_BYTES) return sniff(head);
		// ID3v2 also stands before FLAC and ADTS: what follows it decides.
		const behind = sniff(await read(ID3_HEADER_BYTES + id3Size(head)));
		return behind ?? { kind: 'audio', demuxer: 'mp3' };
	} finally {
		await handle.close();
	}
}

/** ASF §3.14: the object that says how the content is encrypted. */
const ASF_ENCRYPTION = Buffer.from('fbb3112223bdd211b4b700a0c955fc6e', 'hex');

/** The same for bytes in hand. */
export function sniff(head: Buffer): Sniffed {
	const demuxer = demuxerOf(head);
	if (demuxer === 'asf' && head.includes(ASF_ENCRYPTION)) return { kind: 'protected' };
	if (demuxer) return { kind: 'audio', demuxer };
	return isPicture(head) ? { kind: 'picture' } : null;
}

function demuxerOf(head: Buffer): Demuxer | null {
	if (ascii(head, 0, 'fLaC')) return 'flac';
	if (ascii(head, 0, 'OggS')) return 'ogg';
	if ((ascii(head, 0, 'RIFF') || ascii(head, 0, 'RF64')) && ascii(head, 8, 'WAVE')) return 'wav';
	if (ascii(head, 0, 'FORM') && (ascii(head, 8, 'AIFF') || ascii(head, 8, 'AIFC'))) return 'aiff';
	if (ascii(head, 4, 'ftyp') && !ascii(head, 8, 'avif') && !ascii(head, 8, 'heic')) return 'mov';
	if (head.subarray(0, 4).equals(Buffer.from([0x30, 0x26, 0xb2, 0x75]))) return 'asf';
	if (ascii(head, 0, 'wvpk')) return 'wv';
	if (ascii(head, 0, 'MPCK')) return 'mpc8';
	if (ascii(head, 0, 'MP+')) return 'mpc';
	if (ascii(head, 0, 'MAC ')) return 'ape';
	if (ascii(head, 0, 'caff')) return 'caf';
	if (head.subarray(0, 4).equals(Buffer.from([0x1a, 0x45, 0xdf, 0xa3]))) return 'matroska';
	// A song that is stored unpacked in an archive would make it look like that song.
	return isArchive(head) ? null : mpegDemuxer(head);
}

/** ZIP, RAR, 7z, gzip and tar by their first bytes. */
function isArchive(head: Buffer): boolean {
	return (
		ascii(head, 0, 'PK\u0003\u0004') ||
		ascii(head, 0, 'Rar!') ||
		ascii(head, 0, '7z\u00bc\u00af') ||
		ascii(head, 0, '\u001f\u008b') ||
		ascii(head, 257, 'ustar')
	);
}

/** Whether it is one of the few kinds of picture that are drawn here. */
export function isPicture(head: Buffer): boolean {
	return (
		head.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])) ||
		ascii(head, 1, 'PNG\r\n') ||
		ascii(head, 0, 'GIF8') ||
		(ascii(head, 0, 'RIFF') && ascii(head, 8, 'WEBP'))
	);
}

/** ID3v2.4 §6.2: four bytes of seven bits each. */
export function id3Size(head: Buffer): number {
	return [6, 7, 8, 9].reduce((size, at) => (size << 7) | ((head[at] ?? 0) & 0x7f), 0);
}

/** MPEG frames have no signature, only a header of eleven ones: two of them, one frame apart, are proof. */
function mpegDemuxer(head: Buffer): 'mp3' | 'aac' | null {
	for (let at = 0; at + 8 < head.length; at++) {
		if (head[at] !== 0xff) continue;
		const adts = adtsLength(head, at);
		if (adts !== null && adtsLength(head, at + adts) !== null) return 'aac';
		if (isMpegFrame(head, at)) return 'mp3';
	}
	return null;
}

/** Where the first MPEG frame begins, or null. */
export function mpegFrameAt(head: Buffer): number | null {
	for (let at = 0; at + 8 < head.length; at++) if (isMpegFrame(head, at)) return at;
	return null;
}

function isMpegFrame(head: Buffer, at: number): boolean {
	const frame = mpegHeaderAt(head, at);
	return frame !== null && mpegHeaderAt(head, at + frame.bytes) !== null;
}

function adtsLength(bytes: Buffer, at: number): number | null {
	const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0] = bytes.subarray(at, at + 6);
	if (b0 !== 0xff || (b1 & 0xf6) !== 0xf0 || ((b2 >> 2) & 0x0f) > 12) return null;
	const length = ((b3 & 0x03) << 11) | (b4 << 3) | (b5 >> 5);
	return length > 7 ? length : null;
}
