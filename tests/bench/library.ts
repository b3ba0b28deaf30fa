import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeMusic } from '../support/music.ts';

const PER_ALBUM = 12;
const ALBUMS_PER_ARTIST = 5;
const AT_ONCE = 32;

/** Music on the disk, as a person has it. */
export interface MusicFolder {
	/** What is dropped. */
	folder: string;
	/** What is chosen one by one. */
	paths: readonly string[];
	bytes: number;
}

/**
 * Small songs in folders of twelve. ffmpeg makes one; each of the others differs from it by its tags, and so in its
 * hash. Every name is its own: chosen without a folder, two files of one name and size would be one file.
 */
export async function makeMusicFolder(parent: string, count: number): Promise<MusicFolder> {
	const folder = path.join(parent, `Music ${count}`);
	const frames = await untagged();
	const songs = Array.from({ length: count }, (_, at) => song(at));
	for (const album of new Set(songs.map((each) => each.album))) {
		await mkdir(path.join(folder, album), { recursive: true });
	}
	let bytes = 0;
	for (let at = 0; at < songs.length; at += AT_ONCE) {
		await Promise.all(
			songs.slice(at, at + AT_ONCE).map((each) => {
				const content = Buffer.concat([id3(each.tags), frames]);
				bytes += content.length;
				return writeFile(path.join(folder, each.file), content);
			})
		);
	}
	return { folder, paths: songs.map(({ file }) => path.join(folder, file)), bytes };
}

/** About 20 kB. */
function untagged(): Promise<Uint8Array> {
	const args = ['-b:a', '64k', '-map_metadata', '-1', '-id3v2_version', '0'];
	return makeMusic({ format: 'mp3', seconds: 2.5, args });
}

function song(at: number) {
	const album = `Album ${String(Math.floor(at / PER_ALBUM) + 1).padStart(4, '0')}`;
	const artist = `Artist ${Math.floor(at / PER_ALBUM / ALBUMS_PER_ARTIST) + 1}`;
	const title = `Song ${String(at + 1).padStart(5, '0')}`;
	const track = (at % PER_ALBUM) + 1;
	return {
		album,
		file: path.join(album, `${String(track).padStart(2, '0')} ${title}.mp3`),
		tags: { TIT2: title, TPE1: artist, TPE2: artist, TALB: album, TRCK: `${track}/${PER_ALBUM}` }
	};
}

/** An ID3v2.4 tag of text frames (id3.org, 4.2). */
function id3(tags: Record<string, string>): Buffer {
	const frames = Object.entries(tags).map(([name, text]) => {
		const content = Buffer.concat([Buffer.of(UTF8), Buffer.from(text)]);
		return Buffer.concat([
			Buffer.from(name),
			syncsafe(content.length),
			Buffer.alloc(FLAG_BYTES),
			content
		]);
	});
	const body = Buffer.concat(frames);
	return Buffer.concat([Buffer.from('ID3'), Buffer.of(4, 0, 0), syncsafe(body.length), body]);
}

const UTF8 = 3;
const FLAG_BYTES = 2;

/** Seven bits a byte. */
function syncsafe(value: number): Buffer {
	return Buffer.of((value >> 21) & 0x7f, (value >> 14) & 0x7f, (value >> 7) & 0x7f, value & 0x7f);
}
