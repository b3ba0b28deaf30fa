import { readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { parseFile, selectCover, type IAudioMetadata } from 'music-metadata';
import { metadataOf } from '#contracts/tags';
import type { MusicBrainz } from '#contracts/track';
import type { Answer, Question, Tags } from './inspector.ts';
import { likeness } from './likeness.ts';
import type { Outline } from './outline.ts';
import { outlineOf } from './plain.ts';
import { textsOf } from './texts.ts';

const MAX_ARTISTS = 50;
const MAX_PICTURE_BYTES = 20 * 1024 * 1024;

async function readTags(file: string): Promise<Tags> {
	const found = await parseFile(file, { duration: false, skipPostHeaders: false });
	const { common } = found;
	const picture = selectCover(common.picture);
	return {
		...metadataOf(found),
		...textsOf(common),
		musicbrainz: musicBrainzOf(common),
		// A copy, because a part of the file's memory would bring all of it along to the other thread.
		picture:
			picture && picture.data.length <= MAX_PICTURE_BYTES ? new Uint8Array(picture.data) : null
	};
}

const MBID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What looks like an id; anybody can write anything there. */
function musicBrainzOf(common: IAudioMetadata['common']): MusicBrainz | null {
	const one = (id: string | undefined) => (id !== undefined && MBID.test(id) ? id : undefined);
	const some = (ids: string[] | undefined) => {
		const good = ids?.filter((id) => MBID.test(id)).slice(0, MAX_ARTISTS) ?? [];
		return good.length > 0 ? good : undefined;
	};
	const ids = {
		recording: one(common.musicbrainz_recordingid),
		track: one(common.musicbrainz_trackid),
		release: one(common.musicbrainz_albumid),
		releaseGroup: one(common.musicbrainz_releasegroupid),
		artists: some(common.musicbrainz_artistid),
		albumArtists: some(common.musicbrainz_albumartistid)
	};
	const known = Object.entries(ids).filter(([, id]) => id !== undefined);
	return known.length > 0 ? (Object.fromEntries(known) as MusicBrainz) : null;
}

async function samplesOf(file: string): Promise<Int16Array> {
	const bytes = await readFile(file);
	return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
}

async function look({
	ask,
	file,
	other = file
}: Question): Promise<Tags | Outline | null | number> {
	switch (ask) {
		case 'tags':
			return readTags(file);
		case 'mp3':
		case 'flac':
			return outlineOf(file, ask);
		case 'likeness':
			return likeness(...(await Promise.all([samplesOf(file), samplesOf(other)])));
	}
}

async function answer(question: Question): Promise<Answer> {
	try {
		return { value: await look(question) };
	} catch (error) {
		return { error: error instanceof Error ? error.message : String(error) };
	}
}

parentPort?.on('message', (question: Question) => {
	void answer(question).then((given) => parentPort?.postMessage(given));
});
