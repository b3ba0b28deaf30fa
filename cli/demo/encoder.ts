import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { Sound } from './sound.ts';

interface Format {
	ending: string;
	/** Samples a second of what is encoded. */
	rate: number;
	args: readonly string[];
	embedsCover: boolean;
}

const AIFF_TAGS = ['-write_id3v2', '1'];

export const FORMATS = {
	'mp3-cbr': mp3(['-b:a', '256k', '-id3v2_version', '3']),
	'mp3-vbr': mp3(['-q:a', '2', '-id3v2_version', '4']),
	'flac-16': audio('flac', 44_100, ['-c:a', 'flac', '-sample_fmt', 's16'], true),
	'flac-24': audio(
		'flac',
		48_000,
		['-c:a', 'flac', '-sample_fmt', 's32', '-bits_per_raw_sample', '24'],
		true
	),
	vorbis: audio('ogg', 44_100, ['-c:a', 'libvorbis', '-q:a', '5'], false),
	opus: audio('opus', 48_000, ['-c:a', 'libopus', '-b:a', '128k'], false),
	aac: audio('m4a', 44_100, ['-c:a', 'aac', '-b:a', '192k', '-movflags', '+faststart'], true),
	alac: audio('m4a', 44_100, ['-c:a', 'alac', '-sample_fmt', 's16p'], true),
	wav: audio('wav', 44_100, ['-c:a', 'pcm_s16le'], false),
	aiff: audio('aiff', 44_100, ['-c:a', 'pcm_s16be', ...AIFF_TAGS], true)
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;

function mp3(args: string[]): Format {
	return audio('mp3', 44_100, ['-c:a', 'libmp3lame', ...args], true);
}

function audio(ending: string, rate: number, args: string[], embedsCover: boolean): Format {
	return { ending, rate, args, embedsCover };
}

interface Encoding {
	format: FormatName;
	/** By the names that ffmpeg has for them. */
	tags: Readonly<Record<string, string>>;
	/** A picture to embed. */
	cover: string | null;
	file: string;
}

const CHUNK_FRAMES = 2 ** 16;
const MOST_COMPLAINT = 2_000;

/**
 * Encodes with ffmpeg. The same ffmpeg makes the same bytes of the same sound.
 * @throws Error with what ffmpeg said
 */
export async function encode(sound: Sound, { format, tags, cover, file }: Encoding): Promise<void> {
	const { rate, args } = FORMATS[format];
	const picture = ['-map', '1:v', '-c:v', 'copy', '-disposition:v', 'attached_pic'];
	const child = spawn(
		'ffmpeg',
		[
			...['-v', 'error', '-y', '-threads', '1'],
			...['-f', 'f32le', '-ar', String(rate), '-ac', '2', '-i', 'pipe:0'],
			...(cover ? ['-i', `file:${cover}`] : []),
			...['-map', '0:a', ...(cover ? picture : [])],
			...args,
			// No version and no number of chance: bytes that are the same each time.
			...['-fflags', '+bitexact', '-flags:a', '+bitexact'],
			...Object.entries(tags).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]),
			`file:${file}`
		],
		{ stdio: ['pipe', 'ignore', 'pipe'] }
	);
	let complaint = '';
	child.stderr.on('data', (text) => {
		if (complaint.length < MOST_COMPLAINT) complaint += text;
	});
	const ended = once(child, 'close') as Promise<[number | null]>;
	const written = finished(child.stdin).catch(() => {}); // it ended early, and says why
	for (let from = 0; from < sound.left.length && child.stdin.writable; from += CHUNK_FRAMES) {
		if (!child.stdin.write(interleaved(sound, from))) {
			await Promise.race([once(child.stdin, 'drain'), ended]);
		}
	}
	child.stdin.end();
	await written;
	const [code] = await ended;
	if (code !== 0) throw new Error(`ffmpeg could not make ${file}: ${complaint.trim()}`);
}

function interleaved({ left, right }: Sound, from: number): Buffer {
	const frames = Math.min(CHUNK_FRAMES, left.length - from);
	const samples = new Float32Array(frames * 2);
	for (let at = 0; at < frames; at++) {
		samples[at * 2] = left[from + at] ?? 0;
		samples[at * 2 + 1] = right[from + at] ?? 0;
	}
	return Buffer.from(samples.buffer);
}
