import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { planLibrary } from '../../cli/demo/catalogue.ts';
import { makeLibrary } from '../../cli/demo/library.ts';
import { Studio } from '../../cli/demo/studio.ts';

/** No machine that draws these pictures is sure to have letters for these; every other script of the demo it has. */
const RARE_LETTERS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** Writes a library of the demo into a folder; what is there already stays. */
export async function writeLibrary(folder: string, wish: Parameters<typeof planLibrary>[0]) {
	const releases = planLibrary(wish).flatMap((release) => {
		const tracks = release.tracks.filter(({ artist }) => !RARE_LETTERS.test(artist.name));
		return tracks.length > 0 ? [{ ...release, tracks }] : [];
	});
	await mkdir(folder, { recursive: true });
	const scratch = await mkdtemp(path.join(tmpdir(), 'segue-gallery-'));
	const studio = new Studio(availableParallelism());
	try {
		await makeLibrary(releases, {
			folder,
			scratch,
			studio,
			onmade: (file) => void process.stderr.write(`${file}\n`)
		});
	} finally {
		await studio.close();
		await rm(scratch, { recursive: true, force: true });
	}
}

/** The audio files below a folder. */
export async function songsIn(folder: string): Promise<string[]> {
	if (!existsSync(folder)) return [];
	const names = await readdir(folder, { recursive: true });
	return names
		.filter((name) => /\.(mp3|flac|ogg|opus|m4a|wav|aiff)$/.test(name))
		.sort()
		.map((name) => path.join(folder, name));
}
