import path from 'node:path';
import { Problem } from '#contracts/problem';
import type { RenditionKind } from '#contracts/track';
import { RENDITIONS } from '../renditions.ts';
import { CommandFailed, type Output, type RunInBackground } from './command.ts';
import { EXCERPT_HERTZ, EXCERPT_SECONDS } from './likeness.ts';
import { measuring, parseMeasures, type Measures } from './measures.ts';
import { encoderOf } from './encoders.ts';
import type { Demuxer } from './sniff.ts';
import { MAX_MISSING_PART, NotPlayable, soundOf, type Sound } from './sound.ts';

const MAX_RUN_MS = 2 * 60 * 60 * 1000;
/** Three times as long as the track: what takes longer is no decoding. */
const MS_PER_SECOND = 3 * 1000;
const MAX_STREAMS = 16;
/** Headers round: so much may be missing of a short sound. */
const MAX_MISSING_SECONDS = 0.25;
/** Rarer than any run is long: ffmpeg says how far it came once, at the end. */
const PROGRESS_SECONDS = 24 * 60 * 60;
/** Headers without a length are guessed at, by much; what goes on for longer than this has no length to be kept. */
const MAX_TIMES_LONGER = 10;
/** For the container, whatever it holds. */
const SPARE_BYTES = 4 * 1024 * 1024;

/**
 * ffprobe and ffmpeg, told exactly what they read.
 * @param patienceMs how long any file may take, however short it is
 */
export function createFfmpeg(run: RunInBackground, { patienceMs }: { patienceMs: number }) {
	const timeoutFor = ({ durationSeconds }: Sound) =>
		Math.max(patienceMs, Math.min(MAX_RUN_MS, durationSeconds * MS_PER_SECOND));
	const ffmpeg = (args: readonly string[], options: Parameters<RunInBackground>[2]) =>
		ofFfmpeg(run('ffmpeg', ['-nostdin', '-hide_banner', '-y', ...args], options));

	return {
		/**
		 * @param file in a folder of its own: it sees nothing else
		 * @throws NotPlayable
		 */
		async probe(file: string, demuxer: Demuxer, signal: AbortSignal): Promise<Sound> {
			const { stdout } = await ofFfmpeg(
				run('ffprobe', probing(demuxer, file), {
					cwd: path.dirname(file),
					timeoutMs: patienceMs,
					signal
				})
			);
			return soundOf(demuxer, stdout);
		},

		/**
		 * Listens to all of it, for a file that is played as it is. What decoders put up with passes: junk before,
		 * between and after the sound.
		 * @throws NotPlayable when there is less to hear than the header says
		 */
		async listen(file: string, sound: Sound, signal: AbortSignal): Promise<void> {
			const { stdout } = await ffmpeg(
				[
					...['-v', 'error', ...SAYING_HOW_FAR, ...reading(sound.demuxer, file)],
					...[...ONLY_THE_SOUND, '-threads', '1', '-f', 'null', '-']
				],
				{ cwd: path.dirname(file), timeoutMs: timeoutFor(sound), signal }
			);
			refuseCut(stdout, sound);
		},

		/**
		 * Makes `target`, in the same folder, out of whatever `file` is.
		 * @returns how many seconds there are to hear, which some headers only guess
		 * @throws NotPlayable, also when there is less to hear than the header says
		 */
		async encode(
			{ file, target, kind }: { file: string; target: string; kind: RenditionKind },
			sound: Sound,
			signal: AbortSignal
		): Promise<number> {
			const outputBytes = mostBytes(kind, sound);
			const { stdout } = await ffmpeg(
				[
					...['-v', 'error', ...SAYING_HOW_FAR, ...reading(sound.demuxer, file)],
					...[...ONLY_THE_SOUND, '-threads', '1', ...encoderOf(kind, sound)],
					...['-fs', String(outputBytes), `file:${path.basename(target)}`]
				],
				{
					cwd: path.dirname(file),
					timeoutMs: timeoutFor(sound),
					outputBytes: outputBytes + SPARE_BYTES,
					signal
				}
			);
			const seconds = refuseCut(stdout, sound);
			if (seconds > sound.durationSeconds * MAX_TIMES_LONGER + MAX_TIMES_LONGER)
				throw new NotPlayable('limits', { cause: new Error(`${seconds} s of sound`) });
			if (seconds === 0) throw new NotPlayable('no_sound');
			return seconds;
		},

		/**
		 * Makes `target`, in the same folder, a few seconds of bare samples to compare.
		 * @throws NotPlayable
		 */
		async excerpt(
			{ file, target }: { file: string; target: string },
			sound: Sound,
			signal: AbortSignal
		): Promise<void> {
			await ffmpeg(
				[
					...['-v', 'error', ...reading(sound.demuxer, file), ...ONLY_THE_SOUND, '-threads', '1'],
					...['-t', String(EXCERPT_SECONDS), '-ac', '1', '-ar', String(EXCERPT_HERTZ)],
					...['-f', 's16le', `file:${path.basename(target)}`]
				],
				{
					cwd: path.dirname(file),
					timeoutMs: patienceMs,
					outputBytes: EXCERPT_SECONDS * EXCERPT_HERTZ * 2 + SPARE_BYTES,
					signal
				}
			);
		},

		/**
		 * How loud it is, and what it looks like.
		 * @throws NotPlayable
		 */
		async measure(file: string, sound: Sound, signal: AbortSignal): Promise<Measures> {
			const samples = sound.durationSeconds * sound.hertz;
			return parseMeasures(
				await ffmpeg(
					[
						// The summary of the loudness is said at this level only.
						...['-v', 'info', '-nostats', ...reading(sound.demuxer, file), ...ONLY_THE_SOUND],
						...['-threads', '1', '-af', measuring({ samples, hertz: sound.hertz })],
						...['-f', 'null', 'null']
					],
					{ cwd: path.dirname(file), timeoutMs: timeoutFor(sound), signal }
				)
			);
		}
	};
}

/**
 * ffmpeg opens other files when what it reads is a playlist, so it is told which reader to use and no other; and a
 * name like `concat:…` is a protocol to it, so every path says `file:`. The path is a name in its own folder: the
 * rest of the library is not there for it.
 */
function reading(demuxer: Demuxer, file: string): string[] {
	return [
		...['-protocol_whitelist', 'file', '-format_whitelist', demuxer],
		...['-probesize', '5M', '-analyzeduration', '10M', '-max_streams', String(MAX_STREAMS)],
		...['-f', demuxer, '-i', `file:${path.basename(file)}`]
	];
}

/** Its tags stay behind: ours come from our own reader, and go out by our own pages. */
const ONLY_THE_SOUND = [
	...['-map', '0:a:0', '-map_metadata', '-1', '-map_chapters', '-1'],
	...['-vn', '-sn', '-dn']
];

const probing = (demuxer: Demuxer, file: string) => [
	...['-v', 'error', '-hide_banner', '-show_entries'],
	'stream=codec_type,codec_name,codec_tag_string,sample_rate,channels,duration,bit_rate,bits_per_sample,bits_per_raw_sample',
	...['-show_entries', 'format=duration,size', '-of', 'json'],
	...reading(demuxer, file)
];

/** More than it can come to, unless the header lies about its length. */
function mostBytes(kind: RenditionKind, { durationSeconds }: Sound): number {
	const bytes = (RENDITIONS[kind].bitsPerSecond / 8) * durationSeconds * MAX_TIMES_LONGER * 2;
	return Math.round(bytes) + SPARE_BYTES;
}

/** `-` is nowhere to the null format, so what is printed is how far it came and nothing else. */
const SAYING_HOW_FAR = [
	...['-nostats', '-progress', 'pipe:1'],
	...['-stats_period', String(PROGRESS_SECONDS)]
];

/** @returns how many seconds there were to hear */
function refuseCut(progress: string, { durationSeconds }: Sound): number {
	const micros = Number([...progress.matchAll(/^out_time_us=(\d+)$/gm)].at(-1)?.[1] ?? 0);
	const missing = durationSeconds - micros / 1e6;
	const most = Math.max(durationSeconds * MAX_MISSING_PART, MAX_MISSING_SECONDS);
	if (missing <= most) return micros / 1e6;
	throw new NotPlayable('unreadable', {
		cause: new Error(`${missing.toFixed(1)} of ${durationSeconds.toFixed(1)} s are missing`)
	});
}

async function ofFfmpeg(running: Promise<Output>): Promise<Output> {
	try {
		return await running;
	} catch (error) {
		if (!(error instanceof CommandFailed)) throw error;
		const { reason } = error;
		if (reason === 'timeout' || reason === 'limits')
			throw new NotPlayable(reason, { cause: error });
		if (reason === 'exit' || reason === 'crashed')
			throw new NotPlayable('unreadable', { cause: error });
		if (reason === 'disk_full') throw new Problem('disk_full', { cause: error });
		throw error;
	}
}
