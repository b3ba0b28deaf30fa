import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Recipe {
	/** Ending of the file, which says the format. */
	format: 'mp3' | 'flac' | 'wav' | 'ogg' | 'opus' | 'm4a' | 'aiff';
	seconds?: number;
	/** Makes one file differ from another. */
	hertz?: number;
	tags?: Record<string, string>;
	/** Embeds a picture of this colour. */
	cover?: string;
	args?: string[];
}

/** Makes a piece of music that is its own: a tone, tagged as asked. */
export async function makeMusic({
	format,
	seconds = 2,
	hertz = 440,
	tags = {},
	cover,
	args = []
}: Recipe): Promise<Uint8Array<ArrayBuffer>> {
	const folder = await mkdtemp(path.join(tmpdir(), 'segue-music-'));
	const file = path.join(folder, `out.${format}`);
	try {
		await run('ffmpeg', [
			...['-v', 'error', '-nostdin', '-f', 'lavfi', '-i', `sine=${hertz}:duration=${seconds}`],
			...(cover
				? [
						'-f',
						'lavfi',
						'-i',
						`color=${cover}:size=600x600:duration=0.04:rate=25`,
						'-map',
						'0',
						'-map',
						'1'
					]
				: []),
			...(cover ? ['-c:v', 'mjpeg', '-disposition:v', 'attached_pic'] : []),
			...Object.entries(tags).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]),
			...args,
			file
		]);
		return new Uint8Array(await readFile(file));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** A picture of one colour. */
export async function makePicture(color: string): Promise<Uint8Array<ArrayBuffer>> {
	const { stdout } = await run(
		'ffmpeg',
		[
			'-v',
			'error',
			'-f',
			'lavfi',
			'-i',
			`color=${color}:size=400x400`,
			'-frames:v',
			'1',
			'-f',
			'mjpeg',
			'-'
		],
		{ encoding: 'buffer', maxBuffer: 1e7 }
	);
	return new Uint8Array(stdout);
}

/** ID3v2.4 text frames by what they say. */
const FRAMES = { title: 'TIT2', artist: 'TPE1', album: 'TALB', track: 'TRCK' } as const;
type SongTags = Partial<Record<keyof typeof FRAMES, string>>;

/**
 * Any number of small songs that differ, from one: each has tags of its own in front. Far quicker than to encode each.
 * @param mp3 without tags
 */
export function variations(mp3: Uint8Array, songs: readonly SongTags[]): Uint8Array<ArrayBuffer>[] {
	return songs.map((tags) => {
		const frames = Object.entries(tags).map(([name, value]) => {
			const text = Buffer.concat([Buffer.of(3), Buffer.from(value)]);
			const id = FRAMES[name as keyof typeof FRAMES];
			return Buffer.concat([Buffer.from(id), syncsafe(text.length), Buffer.of(0, 0), text]);
		});
		const length = frames.reduce((sum, frame) => sum + frame.length, 0);
		const head = Buffer.concat([Buffer.from('ID3'), Buffer.of(4, 0, 0), syncsafe(length)]);
		return new Uint8Array(Buffer.concat([head, ...frames, mp3]));
	});
}

/** A number as ID3v2.4 writes it: seven bits a byte. */
function syncsafe(value: number): Buffer {
	return Buffer.of(value >>> 21, (value >>> 14) & 0x7f, (value >>> 7) & 0x7f, value & 0x7f);
}
