import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { mpegHeaderAt, type MpegHeader } from './mpeg.ts';
import type { Outline } from './outline.ts';
import { id3Size } from './sniff.ts';

const BLOCK_BYTES = 256 * 1024;
/** Longer ones are rare, and to start a program for one costs less than to read it. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Fewer may be chance. */
const MIN_FRAMES = 4;
const MAX_TAGS = 4;
const ID3_HEADER_BYTES = 10;
/** What programs leave behind the music: ID3v1, APEv2, Lyrics3. */
const TRAILERS = ['TAG', 'APETAGEX', 'LYRICSBEGIN'];

/**
 * Goes from frame to frame through the whole file. A song whose frames all follow each other, of one rate and with
 * nothing between them, needs no decoder to say how long it is; null for every other one.
 */
export function readMp3(file: string): Outline | null {
	const window = new Window(file);
	try {
		return window.size > MAX_BYTES ? null : walk(window);
	} finally {
		window.close();
	}
}

function walk(file: Window): Outline | null {
	const begin = behindTags(file);
	const first = file.header(begin);
	if (first?.layer !== 3) return null;
	const info = infoOf(file.bytes(begin, first.bytes), first);
	let at = info ? begin + first.bytes : begin;
	const soundFrom = at;
	let frames = 0;
	for (;;) {
		const header = file.header(at);
		if (!header || at + header.bytes > file.size) break;
		if (header.layer !== 3 || header.hertz !== first.hertz) return null;
		frames += 1;
		at += header.bytes;
	}
	if (frames < MIN_FRAMES || !isEnd(file, at)) return null;
	const secondsOf = (count: number) => (count * first.samples) / first.hertz;
	const seconds = secondsOf(frames);
	return {
		seconds,
		promisedSeconds: info && secondsOf(info.frames),
		hertz: first.hertz,
		channels: first.channels,
		bitsPerSecond: Math.round(((at - soundFrom) * 8) / seconds),
		depth: 0
	};
}

/** Where the sound begins: behind ID3v2, and the zeros that some programs leave there for more of it. */
function behindTags(file: Window): number {
	let at = 0;
	for (let tag = 0; tag < MAX_TAGS; tag += 1) {
		const head = file.bytes(at, ID3_HEADER_BYTES);
		if (head.length < ID3_HEADER_BYTES || !head.toString('latin1').startsWith('ID3')) break;
		at += ID3_HEADER_BYTES + id3Size(head);
	}
	const rest = file.bytes(at, BLOCK_BYTES);
	const sound = rest.findIndex((byte) => byte !== 0);
	return sound < 0 ? at : at + sound;
}

/** Nothing behind it but a tag, or a frame that is not all there. */
function isEnd(file: Window, at: number): boolean {
	const header = file.header(at);
	if (header) return header.layer === 3;
	const rest = file.bytes(at, 16);
	// Fewer than a header needs, or the zeros with which some encoders fill up the last block.
	if (rest.length < 4 || (rest.every((byte) => byte === 0) && file.size - at < BLOCK_BYTES))
		return true;
	return TRAILERS.some((trailer) => rest.toString('latin1').startsWith(trailer));
}

/** Xing, Info and VBRI: a first frame without sound that says how many follow. */
function infoOf(frame: Buffer, { sideEnd }: MpegHeader): { frames: number } | null {
	const name = (at: number) => frame.toString('latin1', at, at + 4);
	// A checksum behind the header moves it, as some encoders have it.
	for (const at of [sideEnd, sideEnd + 2]) {
		if (!['Xing', 'Info'].includes(name(at)) || at + 12 > frame.length) continue;
		const hasFrames = (frame.readUInt32BE(at + 4) & 1) === 1;
		return hasFrames ? { frames: frame.readUInt32BE(at + 8) } : null;
	}
	if (name(36) === 'VBRI' && frame.length >= 54) return { frames: frame.readUInt32BE(50) };
	return null;
}

/** A file, a block of it at a time. Synchronous: for a thread that does nothing else. */
class Window {
	readonly #handle: number;
	readonly size: number;
	#block = Buffer.alloc(0);
	#from = 0;

	constructor(file: string) {
		this.#handle = openSync(file, 'r');
		this.size = fstatSync(this.#handle).size;
	}

	/** As many of them as there are. */
	bytes(at: number, length: number): Buffer {
		const end = Math.min(at + length, this.size);
		if (at < this.#from || end > this.#from + this.#block.length) {
			const block = Buffer.alloc(Math.max(BLOCK_BYTES, length));
			const read = readSync(this.#handle, block, 0, block.length, at);
			this.#block = block.subarray(0, read);
			this.#from = at;
		}
		return this.#block.subarray(at - this.#from, Math.max(at, end) - this.#from);
	}

	header(at: number): MpegHeader | null {
		return mpegHeaderAt(this.bytes(at, 4), 0);
	}

	close() {
		closeSync(this.#handle);
	}
}
