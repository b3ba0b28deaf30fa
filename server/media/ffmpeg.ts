import path from 'node:path';
import * as v from 'valibot';
import { Problem } from '#contracts/problem';
import { CommandFailed, type RunInBackground } from './command.ts';
import type { Demuxer } from './sniff.ts';

const PROBE_TIMEOUT_MS = 30_000;
const MIN_ENCODE_MS = 60_000;
const MAX_ENCODE_MS = 2 * 60 * 60 * 1000;
const MAX_STREAMS = 16;

const text = v.optional(v.string());
const Probe = v.object({
	streams: v.array(
		v.object({
			codec_type: text,
			codec_name: text,
			sample_rate: text,
			channels: v.optional(v.number()),
			duration: text
		})
	),
	format: v.optional(v.object({ duration: text }))
});

/** What is in a file, as far as playing needs it. */
export interface Sound {
	demuxer: Demuxer;
	durationSeconds: number;
	hertz: number;
	channels: number;
	/** What people call it: FLAC, MP3. */
	format: string;
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
		 * Makes `target` (AAC-LC in MP4, its index first, so that it plays while it loads) out of whatever `file` is.
		 * @throws NotPlayable
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
				...['-show_entries', 'stream=codec_type,codec_name,sample_rate,channels,duration'],
				...['-show_entries', 'format=duration', '-of', 'json'],
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
		playsAs: playableType(demuxer, sound.codec_name)
	};
}

async function encodeAac(
	run: RunInBackground,
	file: string,
	target: string,
	sound: Sound,
	signal: AbortSignal
): Promise<void> {
	await ofFfmpeg(
		run(
			'ffmpeg',
			[
				...['-nostdin', '-hide_banner', '-v', 'error', '-y'],
				...reading(sound.demuxer, file),
				...['-map', '0:a:0', '-map_metadata', '-1', '-map_chapters', '-1', '-vn', '-sn', '-dn'],
				...['-threads', '1', '-c:a', 'aac', '-b:a', sound.channels === 1 ? '160k' : '256k'],
				...(sound.channels > 2 ? ['-ac', '2'] : []),
				...(sound.hertz > 48_000 ? ['-ar', '48000'] : []),
				...['-movflags', '+faststart', '-f', 'mp4', `file:${target}`]
			],
			{
				cwd: path.dirname(target),
				timeoutMs: Math.min(
					MAX_ENCODE_MS,
					Math.max(MIN_ENCODE_MS, sound.durationSeconds * 3 * 1000)
				),
				signal
			}
		)
	);
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
