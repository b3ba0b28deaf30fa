import { link } from 'node:fs/promises';
import type { StoredUpload } from '../catalogue/uploads.ts';
import type { FoundMusic } from '../intake/drafts.ts';
import type { Bench } from '../live/work.ts';
import type { Sniffed, Sound, Tags, Workshop } from '../media/workshop.ts';
import { NO_METADATA } from '../metadata.ts';
import type { Log } from '../ops/log.ts';
import { bitsFor, renditionPath, RENDITIONS, renditionsOf } from '../renditions.ts';
import type { Storage } from '../storage/storage.ts';
import type { Afterwards } from './afterwards.ts';

/** What is in a file, and what may be made of it. */
export type Found = FoundMusic & { sound: Sound; renditions: Parameters<Afterwards['plan']>[2] };
export type Audio = Extract<Sniffed, { kind: 'audio' }>;

interface FinderOptions {
	storage: Storage;
	workshop: Workshop;
	log: Log;
}

/** A file in a private folder. */
interface AtHand {
	input: string;
	/** A name beside it for what is made. */
	output: string;
	sha256: string;
	kind: Audio;
}

/** Finds what is in a file: sound, tags, cover. What browsers cannot play is encoded on the way. */
export function createFinder({ storage, workshop, log }: FinderOptions) {
	async function encode(
		{ input, output, sha256 }: AtHand,
		{ sound, signal }: { sound: Sound; signal: AbortSignal }
	) {
		const relative = renditionPath(sha256, 'aac');
		const made = { path: relative, type: RENDITIONS.aac.type };
		if ((await storage.sizeOf(relative)) !== null) {
			await link(storage.absolute(relative), output);
			const { durationSeconds } = await workshop.probe(output, 'mov', signal);
			return { ...made, seconds: durationSeconds };
		}
		const job = { file: input, target: output, kind: 'aac' } as const;
		const seconds = await workshop.encode(job, sound, signal);
		await storage.keepDerived(output, relative);
		return { ...made, seconds };
	}

	/** Tags that cannot be read are no tags: the music plays all the same. */
	async function tagsOf(upload: StoredUpload, file: string): Promise<Tags> {
		try {
			return await workshop.tags(file);
		} catch (error) {
			log.info('tags not readable', { uploadId: upload.id, error });
			return { ...NO_METADATA, picture: null, musicbrainz: null };
		}
	}

	return async (
		upload: StoredUpload,
		file: AtHand,
		{ bench, signal }: { bench: Bench; signal: AbortSignal }
	): Promise<Found> => {
		const { input, sha256, kind } = file;
		const sound = await workshop.probe(input, kind.demuxer, signal);
		// What must be encoded is listened to in passing.
		if (sound.playsAs && sound.mayBeCut) {
			bench.enter('listen');
			await workshop.listen(input, sound, signal);
		}
		bench.enter('tags');
		const { picture, musicbrainz, ...tags } = await tagsOf(upload, input);
		if (picture) bench.enter('cover');
		const cover = picture && (await workshop.cover(picture));
		if (!sound.playsAs) bench.enter('encode');
		const stream = sound.playsAs
			? {
					path: storage.originalPath(sha256),
					type: sound.playsAs,
					seconds: sound.durationSeconds
				}
			: await encode(file, { sound, signal });
		return {
			sound,
			tags,
			musicbrainz,
			cover,
			stream: { path: stream.path, type: stream.type },
			durationMs: Math.round(stream.seconds * 1000),
			original: {
				sha256,
				size: upload.size,
				name: upload.name,
				format: sound.format,
				isLossless: sound.isLossless,
				bitsPerSecond: sound.bitsPerSecond,
				hertz: sound.hertz,
				depth: sound.depth
			},
			renditions: renditionsOf(sound).map((kind) => ({
				kind,
				isReady: kind === 'aac' && !sound.playsAs,
				bitsPerSecond: bitsFor(kind, sound.channels)
			}))
		};
	};
}
