import { failureCode } from '#contracts/upload';
import type { SameLength } from '../catalogue/originals.ts';
import type { StoredUpload } from '../catalogue/uploads.ts';
import type { Versions } from '../intake/versions.ts';
import type { Sound, Workshop } from '../media/workshop.ts';
import type { Storage } from '../storage/storage.ts';
import { withOriginal } from './original.ts';

/** Encoded badly a song is still more like itself than this; no other song is. */
const SAME_SOUND = 0.9;

interface SameSongOptions {
	storage: Storage;
	workshop: Workshop;
	versions: Pick<Versions, 'candidates'>;
}

/** Finds the track that is this song already, as its names, its length and its sound say. */
export function createSameSong({ storage, workshop, versions }: SameSongOptions) {
	return async (
		upload: StoredUpload,
		found: Parameters<Versions['candidates']>[1],
		{ file, sound, signal }: { file: string; sound: Sound; signal: AbortSignal }
	): Promise<SameLength | null> => {
		const candidates = await versions.candidates(upload, found);
		if (candidates.length === 0) return null;
		const excerpt = `${file}-excerpt`;
		await workshop.excerpt({ file, target: excerpt }, sound, signal);
		for (const track of candidates) {
			const { sha256 } = track;
			const likeness = await withOriginal(
				{ storage, workshop },
				{ sha256, signal },
				async (original) => {
					const target = original.beside('excerpt');
					await workshop.excerpt({ file: original.file, target }, original.sound, signal);
					return workshop.likeness(excerpt, target);
				}
			).catch((error: unknown) => {
				if (!failureCode(error)) throw error;
				return 0; // what cannot be heard is like nothing
			});
			if (likeness >= SAME_SOUND) return track;
		}
		return null;
	};
}
