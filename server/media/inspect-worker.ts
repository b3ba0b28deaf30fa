import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { parseFile, selectCover } from 'music-metadata';
import type { Answer, Question, Tags } from './inspector.ts';

/** Longer texts are no names; a tag may hold megabytes. */
const MAX_TEXT = 500;
const MAX_PICTURE_BYTES = 20 * 1024 * 1024;

function clean(value: string | undefined): string | null {
	// Control characters and lone surrogates are nobody's title.
	const text = value
		?.toWellFormed()
		.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
		.trim()
		.slice(0, MAX_TEXT)
		.toWellFormed();
	return text ? text : null;
}

function whole(value: number | null | undefined, max: number): number | null {
	return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= max
		? value
		: null;
}

async function readTags(file: string): Promise<Tags> {
	const { common } = await parseFile(file, { duration: false, skipPostHeaders: false });
	const picture = selectCover(common.picture);
	const artists = clean(common.artists?.join(', '));
	return {
		title: clean(common.title),
		artist: clean(common.artist) ?? artists,
		albumArtist: clean(common.albumartist),
		album: clean(common.album),
		year: whole(common.year, 9999),
		trackNumber: whole(common.track.no, 9999),
		discNumber: whole(common.disk.no, 999),
		picture: picture && picture.data.length <= MAX_PICTURE_BYTES ? picture.data : null
	};
}

/** sha-256 of a whole file, in hexadecimal. */
async function hashFile(file: string): Promise<string> {
	const hash = createHash('sha256');
	for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
		hash.update(chunk);
	}
	return hash.digest('hex');
}

async function answer({ id, ask, file }: Question): Promise<Answer> {
	try {
		return { id, value: ask === 'hash' ? await hashFile(file) : await readTags(file) };
	} catch (error) {
		return { id, error: error instanceof Error ? error.message : String(error) };
	}
}

parentPort?.on('message', (question: Question) => {
	void answer(question).then((given) => parentPort?.postMessage(given));
});
