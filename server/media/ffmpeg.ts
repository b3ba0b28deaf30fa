import path from 'node:path';
import * as v from 'valibot';
import { Problem } from '#contracts/problem';
import { CommandFailed, type RunInBackground } from './command.ts';
import type { Demuxer } from './sniff.ts';

const PROBE_TIMEOUT_MS = 30_000;
const MIN_ENCODE_MS = 60_000;
const MAX_ENCODE_MS = 2 * 60 * 60 * 1000;
const MAX_STREAMS = 16;
/** Encoders pad, headers round: what is missing may be so much of the whole, or so long. */
const MAX_MISSING_PART = 0.1;
const MAX_MISSING_SECONDS = 0.25;
/** Rarer than any run is long: ffmpeg says how far it came once, at the end. */
const PROGRESS_SECONDS = 24 * 60 * 60;

const text = v.optional(v.string());
const Probe = v.object({
	streams: v.array(
		v.object({
			codec_type: text,
			codec_name: text,
			sample_rate: text,
			channels: v.optional(v.number()),
			duration: text,
			bit_rate: text
		})
	),
	format: v.optional(v.object({ duration: text, size: text }))
});

/** What is in a file, as far as playing needs it. */
export interface Sound {
	demuxer: Demuxer;
	durationSeconds: number;
	hertz: number;
	channels: number;
	/** What people call it: FLAC, MP3. */
	format: string;
	/** Whether there may be less in the file than its header says: only listening to all of it tells. */
	mayBeCut: boolean;
	/** The type under which a browser plays it as it is, or null when it must be encoded first. */
	playsAs: string | null;
}

/** Told that the file cannot be heard, and why. */
export class NotPlayable extends Error {
	override readonly name = 'NotPlayable';
	readonly code: 'unreadable' | 'no_sound' | 'timeout';

	constructor(code: NotPlayable['code'], options?: ErrorOptions) {
		super(code, options);
		this.code = code;
	}
}

export type Ffmpeg = ReturnType<typeof createFfmpeg>;

/** ffprobe and ffmpeg, told exactly what they read. */
export function createFfmpeg(run: RunInBackground) {
	return {
		/** @throws NotPlayable */
		probe: (file: string, demuxer: Demuxer, signal: AbortSignal) =>
			probe(run, file, demuxer, signal),
		/**
		 * Listens to all of it, for a file that is played as it is. What decoders put up with passes: junk before,
		 * between and after the sound.
		 * @throws NotPlayable when there is less to hear than the header says
		 */
		listen: (file: string, sound: Sound, signal: AbortSignal) => listen(run, file, sound, signal),
		/**
		 * Makes `target` (AAC-LC in MP4, its index first, so that it plays while it loads) out of whatever `file` is.
		 * @throws NotPlayable, also when there is less to hear than the header says
		 */
		encodeAac: (file: string, target: string, sound: Sound, signal: AbortSignal) =>
			encodeAac(run, file, target, sound, signal)
	};
}

/**
 * ffmpeg opens other files when what it reads is a playlist, so it is told which reader to use and no other; and a
 * name like `concat:…` is a protocol to it, so every path says `file:`.
 */
function reading(demuxer: Demuxer, file: string): string[] {
	return [
		...['-protocol_whitelist', 'file,pipe', '-format_whitelist', demuxer],
		...['-probesize', '5M', '-analyzeduration', '10M', '-max_streams', String(MAX_STREAMS)],
		...['-f', demuxer, '-i', `file:${file}`]
	];
}

async function probe(
	run: RunInBackground,
	file: string,
	demuxer: Demuxer,
	signal: AbortSignal
): Promise<Sound> {
	const answer = await ofFfmpeg(
		run(
			'ffprobe',
			[
				...['-v', 'error', '-hide_banner'],
				...['-show_entries', 'stream=codec_type,codec_name,sample_rate,channels,duration,bit_rate'],
				...['-show_entries', 'format=duration,size', '-of', 'json'],
				...reading(demuxer, file)
			],
			{ cwd: path.dirname(file), timeoutMs: PROBE_TIMEOUT_MS, signal }
		)
	);
	const { streams, format } = v.parse(Probe, JSON.parse(answer));
	const sound = streams.find((stream) => stream.codec_type === 'audio');
	if (!sound?.codec_name) throw new NotPlayable('no_sound');
	const durationSeconds =
		Number(sound.duration ?? format?.duration ?? 0) || Number(format?.duration ?? 0);
	const hertz = Number(sound.sample_rate ?? 0);
	if (!(durationSeconds > 0) || !(hertz > 0)) throw new NotPlayable('no_sound');
	return {
		demuxer,
		durationSeconds,
		hertz,
		channels: sound.channels ?? 2,
		format: formatName(demuxer, sound.codec_name),
		mayBeCut: mayBeCut(demuxer, {
			durationSeconds,
			bitsPerSecond: Number(sound.bit_rate ?? 0),
			bytes: Number(format?.size ?? 0)
		}),
		playsAs: playableType(demuxer, sound.codec_name)
	};
}

/** Suspects a file cheaply: to listen to each of thousands of files would take as long again as all the rest. */
function mayBeCut(
	demuxer: Demuxer,
	promise: { durationSeconds: number; bitsPerSecond: number; bytes: number }
): boolean {
	if (demuxer === 'flac') return true; // its header says how long it is, and nothing of bytes
	if (demuxer === 'ogg') return false; // its length is read from its last page, so what is there is all it promises
	const { durationSeconds, bitsPerSecond, bytes } = promise;
	return bytes * 8 < bitsPerSecond * durationSeconds * (1 - MAX_MISSING_PART);
}

async function listen(
	run: RunInBackground,
	file: string,
	sound: Sound,
	signal: AbortSignal
): Promise<void> {
	const answer = await ofFfmpeg(
		run(
			'ffmpeg',
			[
				...['-nostdin', '-hide_banner', '-v', 'error', ...SAYING_HOW_FAR],
				...reading(sound.demuxer, file),
				...['-map', '0:a:0', '-vn', '-sn', '-dn', '-threads', '1', '-f', 'null', '-']
			],
			{ cwd: path.dirname(file), timeoutMs: timeoutFor(sound), signal }
		)
	);
	refuseCut(answer, sound);
}

/** `-` is nowhere to the null format, so what is printed is how far it came and nothing else. */
const SAYING_HOW_FAR = [
	...['-nostats', '-progress', 'pipe:1'],
	...['-stats_period', String(PROGRESS_SECONDS)]
];

function refuseCut(progress: string, { durationSeconds }: Sound) {
	const micros = Number([...progress.matchAll(/^out_time_us=(\d+)$/gm)].at(-1)?.[1] ?? 0);
	const missing = durationSeconds - micros / 1e6;
	const most = Math.max(durationSeconds * MAX_MISSING_PART, MAX_MISSING_SECONDS);
	if (missing <= most) return;
	throw new NotPlayable('unreadable', {
		cause: new Error(`${missing.toFixed(1)} of ${durationSeconds.toFixed(1)} s are missing`)
	});
}

const timeoutFor = ({ durationSeconds }: Sound) =>
	Math.min(MAX_ENCODE_MS, Math.max(MIN_ENCODE_MS, durationSeconds * 3 * 1000));

async function encodeAac(
	run: RunInBackground,
	file: string,
	target: string,
	sound: Sound,
	signal: AbortSignal
): Promise<void> {
	const answer = await ofFfmpeg(
		run(
			'ffmpeg',
			[
				...['-nostdin', '-hide_banner', '-v', 'error', '-y', ...SAYING_HOW_FAR],
				...reading(sound.demuxer, file),
				...['-map', '0:a:0', '-map_metadata', '-1', '-map_chapters', '-1', '-vn', '-sn', '-dn'],
				...['-threads', '1', '-c:a', 'aac', '-b:a', sound.channels === 1 ? '160k' : '256k'],
				...(sound.channels > 2 ? ['-ac', '2'] : []),
				...(sound.hertz > 48_000 ? ['-ar', '48000'] : []),
				...['-movflags', '+faststart', '-f', 'mp4', `file:${target}`]
			],
			{ cwd: path.dirname(target), timeoutMs: timeoutFor(sound), signal }
		)
	);
	refuseCut(answer, sound);
}

async function ofFfmpeg(running: Promise<string>): Promise<string> {
	try {
		return await running;
	} catch (error) {
		if (!(error instanceof CommandFailed)) throw error;
		if (error.reason === 'timeout') throw new NotPlayable('timeout', { cause: error });
		if (error.reason === 'exit') throw new NotPlayable('unreadable', { cause: error });
		if (error.reason === 'disk_full') throw new Problem('disk_full', { cause: error });
		throw error;
	}
}

function playableType(demuxer: Demuxer, codec: string): string | null {
	switch (demuxer) {
		case 'mp3':
			return codec === 'mp3' ? 'audio/mpeg' : null;
		case 'flac':
			return codec === 'flac' ? 'audio/flac' : null;
		case 'ogg':
			return ['vorbis', 'opus', 'flac'].includes(codec) ? 'audio/ogg' : null;
		case 'mov':
			return codec === 'aac' ? 'audio/mp4' : null;
		case 'aac':
			return codec === 'aac' ? 'audio/aac' : null;
		default:
			return null;
	}
}

const NAMES: Record<string, string> = {
	mp3: 'MP3',
	flac: 'FLAC',
	vorbis: 'Ogg Vorbis',
	opus: 'Opus',
	aac: 'AAC',
	alac: 'ALAC',
	wavpack: 'WavPack',
	ape: 'Monkey’s Audio',
	musepack7: 'Musepack',
	musepack8: 'Musepack',
	wmav1: 'WMA',
	wmav2: 'WMA'
};

function formatName(demuxer: Demuxer, codec: string): string {
	if (demuxer === 'wav') return 'WAV';
	if (demuxer === 'aiff') return 'AIFF';
	return NAMES[codec] ?? codec.toUpperCase();
}
