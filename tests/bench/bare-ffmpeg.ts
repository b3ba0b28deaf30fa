import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Track } from '#contracts/track';
import { cpuSeconds } from './process-meter.ts';

const run = promisify(execFile);
const QUIET = ['-v', 'error', '-nostdin', '-y'];
const ONLY_THE_SOUND = ['-map', '0:a:0', '-map_metadata', '-1', '-vn', '-sn', '-dn'];

/** What somebody would type who wants what the portal makes of a file, and no more than that. */
function commandsFor(file: string, { format, renditions = [] }: Track, folder: string): string[][] {
	const read = [...QUIET, '-i', file, ...ONLY_THE_SOUND, '-threads', '1'];
	const encoders: Record<string, string[]> = {
		aac: ['-c:a', 'aac', '-b:a', '256k', '-movflags', '+faststart', path.join(folder, 'a.m4a')],
		opus: ['-c:a', 'libopus', '-b:a', '128k', '-ar', '48000', path.join(folder, 'a.opus')]
	};
	const measures =
		'ebur128=peak=true:framelog=verbose,asetnsamples=n=4096,astats=metadata=1:reset=1';
	return [
		['ffprobe', '-v', 'error', '-show_streams', '-of', 'json', file],
		// A FLAC's header does not tell whether the file is whole.
		...(format === 'FLAC' ? [['ffmpeg', ...read, '-f', 'null', '-']] : []),
		['ffmpeg', ...read, '-af', measures, '-f', 'null', '-'],
		...renditions.flatMap(({ kind }) => {
			const encoder = encoders[kind];
			return encoder ? [['ffmpeg', ...read, ...encoder]] : [];
		})
	];
}

/** @returns CPU seconds of all of them, one after the other */
export async function bareCpuSeconds(
	songs: readonly { file: string; track: Track }[]
): Promise<number> {
	const folder = await mkdtemp(path.join(tmpdir(), 'segue-bench-bare-'));
	try {
		const { children: before } = await cpuSeconds(process.pid);
		for (const { file, track } of songs) {
			for (const [program = '', ...args] of commandsFor(file, track, folder)) {
				await run(program, args, { maxBuffer: 1e8 });
			}
		}
		const { children: after } = await cpuSeconds(process.pid);
		return after - before;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
