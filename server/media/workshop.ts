import type { Storage } from '../storage/storage.ts';
import { makeCover, type Cover } from './covers.ts';
import { isThere, type Cage } from './cage.ts';
import { createRunner } from './command.ts';
import { createFfmpeg } from './ffmpeg.ts';
import { readGapless } from './gapless.ts';
import { Inspector, type Tags } from './inspector.ts';
import { isPlain } from './plain.ts';
import { sniffFile, type Demuxer, type Sniffed } from './sniff.ts';
import { soundOfOutline, type Sound } from './sound.ts';

export type { Cover, Sniffed, Sound, Tags };
export type Workshop = ReturnType<typeof createWorkshop>;

interface WorkshopOptions {
	storage: Storage;
	/** Where ffmpeg works. */
	cage: Cage;
	/** Where programs are, as PATH says it. */
	searchPath: string;
	/** How long any file may take, however short it is. */
	patienceMs: number;
}

/** Everything that is done with files in the background: off the event loop, last in line for CPU and disk. */
export function createWorkshop({ storage, cage, searchPath, patienceMs }: WorkshopOptions) {
	// Two threads, so that a tag that never ends takes no hash with it.
	const [hashing, reading] = [new Inspector(), new Inspector()];
	const ffmpeg = createFfmpeg(createRunner({ cage, searchPath }), { patienceMs });
	return {
		...ffmpeg,
		/**
		 * What is to be heard in a file, in a folder of its own. To start a program takes longer than to read a song, so
		 * one is started only for what is not plain.
		 * @throws NotPlayable
		 */
		async probe(file: string, demuxer: Demuxer, signal: AbortSignal): Promise<Sound> {
			if (!isPlain(demuxer)) return ffmpeg.probe(file, demuxer, signal);
			const outline = await reading.outline(file, demuxer).catch(() => null);
			return outline ? soundOfOutline(demuxer, outline) : ffmpeg.probe(file, demuxer, signal);
		},
		gapless: readGapless,
		sniff: sniffFile,
		/** sha-256 of the whole file, in hexadecimal. */
		hash: (file: string) => hashing.hash(file),
		/** @throws Error when the tags cannot be read in time and in bounds */
		tags: (file: string) => reading.tags(file),
		/** How much two excerpts are the same sound, from 0 to 1. */
		likeness: (excerpt: string, other: string) => reading.likeness(excerpt, other),
		/** Null when it is no picture that we read. */
		cover: (picture: Uint8Array<ArrayBuffer>) => makeCover(picture, storage),
		/** Whether ffmpeg and ffprobe are where they should be. */
		isEquipped: () => isThere('ffmpeg', searchPath) && isThere('ffprobe', searchPath),
		close: async () => {
			await Promise.all([hashing.close(), reading.close()]);
		}
	};
}
