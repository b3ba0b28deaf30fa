import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Recipe {
	/** Ending of the file, which says the format. */
	format:
		| 'mp3'
		| 'flac'
		| 'wav'
		| 'ogg'
		| 'opus'
		| 'm4a'
		| 'aiff'
		| 'aac'
		| 'wma'
		| 'wv'
		| 'mka'
		| 'webm'
		| 'caf';
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

/** Whether this machine can make Musepack: ffmpeg reads it and does not write it. */
export async function makesMusepack(): Promise<boolean> {
	return run('sh', ['-c', 'command -v mpcenc']).then(
		() => true,
		() => false
	);
}

/** The same as Musepack, by `mpcenc` of Debian's musepack-tools. */
export async function makeMusepack(
	recipe: Omit<Recipe, 'format'>
): Promise<Uint8Array<ArrayBuffer>> {
	const folder = await mkdtemp(path.join(tmpdir(), 'segue-music-'));
	try {
		const [wav, mpc] = [path.join(folder, 'in.wav'), path.join(folder, 'out.mpc')];
		await writeFile(wav, await makeMusic({ ...recipe, format: 'wav' }));
		const tags = Object.entries(recipe.tags ?? {}).flatMap(([name, value]) => [
			'--tag',
			`${name}=${value}`
		]);
		await run('mpcenc', ['--silent', ...tags, wav, mpc]);
		return new Uint8Array(await readFile(mpc));
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
const FRAMES = {
	title: 'TIT2',
	artist: 'TPE1',
	album: 'TALB',
	track: 'TRCK',
	disc: 'TPOS',
	genre: 'TCON',
	date: 'TDRC',
	/** Says nothing of the music, and makes one file differ from another. */
	encodedBy: 'TENC'
} as const;
export type SongTags = Partial<Record<keyof typeof FRAMES, string>>;

/**
 * Any number of small songs that differ, from one: each has tags of its own in front. Far quicker than to encode each.
 * @param mp3 without tags
 */
export function variations(mp3: Uint8Array, songs: readonly SongTags[]): Uint8Array<ArrayBuffer>[] {
	return songs.map((tags) => new Uint8Array(Buffer.concat([id3v24(tags), mp3])));
}

let song: Promise<Uint8Array> | null = null;
let songs = 0;
const pictures = new Map<string, Promise<Uint8Array>>();

/**
 * A song of its own whose sound is that of the others: without an encoder, and so small that it gets no copies. For
 * tests of what is said of music.
 */
export async function makeSong(
	tags: SongTags = {},
	cover?: string
): Promise<Uint8Array<ArrayBuffer>> {
	song ??= makeMusic({ format: 'mp3', seconds: 1, args: ['-id3v2_version', '0', '-b:a', '64k'] });
	const frames = framesOf({ ...tags, encodedBy: `${process.pid}.${(songs += 1)}` });
	if (cover !== undefined) {
		const picture = pictures.get(cover) ?? makePicture(cover);
		pictures.set(cover, picture);
		frames.push(pictureFrame(3, await picture));
	}
	return new Uint8Array(Buffer.concat([id3Head(4, frames), await song]));
}

/** A tag as it stands before an MP3. Several values of one field are parted by a zero character. */
export function id3v24(tags: SongTags): Buffer {
	return id3Head(4, framesOf(tags));
}

function framesOf(tags: SongTags): Buffer[] {
	return Object.entries(tags).map(([name, value]) => {
		const text = Buffer.concat([Buffer.of(3), Buffer.from(value)]);
		const id = FRAMES[name as keyof typeof FRAMES];
		return Buffer.concat([Buffer.from(id), syncsafe(text.length), Buffer.of(0, 0), text]);
	});
}

const OLD_FRAMES = { title: 'TT2', artist: 'TP1', album: 'TAL', track: 'TRK' } as const;

/** The tag of the first MP3 players: names of three letters, text as UTF-16. */
export function id3v22(tags: Partial<Record<keyof typeof OLD_FRAMES, string>>): Buffer {
	const frames = Object.entries(tags).map(([name, value]) => {
		const text = Buffer.concat([Buffer.of(1, 0xff, 0xfe), Buffer.from(value, 'utf16le')]);
		const length = Buffer.alloc(4);
		length.writeUInt32BE(text.length);
		return Buffer.concat([
			Buffer.from(OLD_FRAMES[name as keyof typeof OLD_FRAMES]),
			length.subarray(1),
			text
		]);
	});
	return id3Head(2, frames);
}

/** An ID3v2.4 tag of JPEG pictures, each with its kind: 3 is the front, 4 the back. */
export function id3Pictures(
	pictures: readonly (readonly [kind: number, jpeg: Uint8Array])[]
): Buffer {
	return id3Head(
		4,
		pictures.map(([kind, jpeg]) => pictureFrame(kind, jpeg))
	);
}

function pictureFrame(kind: number, jpeg: Uint8Array): Buffer {
	const body = Buffer.concat([Buffer.of(0), Buffer.from('image/jpeg\0'), Buffer.of(kind, 0), jpeg]);
	return Buffer.concat([Buffer.from('APIC'), syncsafe(body.length), Buffer.of(0, 0), body]);
}

export function id3Head(version: number, frames: readonly Buffer[]): Buffer {
	const length = frames.reduce((sum, frame) => sum + frame.length, 0);
	return Buffer.concat([Buffer.from('ID3'), Buffer.of(version, 0, 0), syncsafe(length), ...frames]);
}

/** ID3v1: what stands at the end of an MP3, in thirty letters of Latin-1. */
export function id3v1({ title = '', artist = '', album = '' }: SongTags): Buffer {
	const tag = Buffer.alloc(128);
	tag.write('TAG', 0, 'latin1');
	[title, artist, album].forEach((text, at) => tag.write(text, 3 + 30 * at, 30, 'latin1'));
	return tag;
}

/** APEv2, as it stands at the end of an MP3. */
export function apeTag(tags: Record<string, string>): Buffer {
	const items = Object.entries(tags).map(([name, value]) => {
		const text = Buffer.from(value);
		const head = Buffer.alloc(8);
		head.writeUInt32LE(text.length);
		return Buffer.concat([head, Buffer.from(`${name}\0`), text]);
	});
	const body = Buffer.concat(items);
	const edge = (flags: number) => {
		const frame = Buffer.alloc(32);
		frame.write('APETAGEX', 0, 'latin1');
		frame.writeUInt32LE(2000, 8);
		frame.writeUInt32LE(body.length + 32, 12);
		frame.writeUInt32LE(items.length, 16);
		frame.writeUInt32LE(flags, 20);
		return frame;
	};
	return Buffer.concat([edge(0xa0000000), body, edge(0x80000000)]);
}

/** A WAV with one more chunk at its end. */
export function withChunk(wav: Uint8Array, id: string, chunk: Uint8Array): Uint8Array<ArrayBuffer> {
	const head = Buffer.alloc(8);
	head.write(id, 0, 'latin1');
	head.writeUInt32LE(chunk.length, 4);
	const whole = Buffer.concat([wav, head, chunk, Buffer.alloc(chunk.length % 2)]);
	whole.writeUInt32LE(whole.length - 8, 4);
	return new Uint8Array(whole);
}

/** A number as ID3v2.4 writes it: seven bits a byte. */
function syncsafe(value: number): Buffer {
	return Buffer.of(value >>> 21, (value >>> 14) & 0x7f, (value >>> 7) & 0x7f, value & 0x7f);
}

/** Three albums of four songs in folders, and one of several formats. @returns the bytes of each file */
export async function makeLibrary(folder: string): Promise<Uint8Array<ArrayBuffer>[]> {
	const mp3 = await makeMusic({ format: 'mp3', seconds: 2, args: ['-id3v2_version', '0'] });
	const titles = Array.from({ length: 4 }, (_, at) => `Song ${at + 1}`);
	const albums = ['Coast', 'Quay & Ünder', 'Ebb'].flatMap((album) => {
		const tags = titles.map((title, at) => ({ title, album, artist: 'Ada', track: `${at + 1}` }));
		return variations(mp3, tags).map((bytes, at) => ({ file: `${album}/${at + 1}.mp3`, bytes }));
	});
	const mixed = await Promise.all(
		(['flac', 'ogg', 'm4a'] as const).map(async (format, at) => ({
			file: `Mixed/${format}.${format}`,
			bytes: await makeMusic({
				...{ format, hertz: 300 + at },
				tags: { title: format, artist: 'Ben', album: 'Mixed', track: `${at + 1}` }
			})
		}))
	);
	const all = [...albums, ...mixed];
	for (const { file, bytes } of all) {
		const where = path.join(folder, file);
		await mkdir(path.dirname(where), { recursive: true });
		await writeFile(where, bytes);
	}
	return all.map(({ bytes }) => bytes);
}
