import { COVER_FORMATS, COVER_SIZES } from '#contracts/cover';
import { RENDITION_KINDS } from '#contracts/track';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { LooseFile } from '../catalogue/loose-files.ts';
import { peaksPath, renditionPath } from '../renditions.ts';
import type { Storage } from '../storage/storage.ts';
import type { Gate } from './gate.ts';
import type { Turns } from './turns.ts';

const AT_ONCE = 100;
/** Whoever posted a picture has so long to put it on something. */
const UNUSED_PICTURE_MS = 30 * 24 * 60 * 60 * 1000;

interface EraserOptions {
	catalogue: Pick<Catalogue, 'originals' | 'looseFiles' | 'covers'>;
	storage: Pick<Storage, 'originalPath' | 'remove'>;
	/** Whoever makes a track of an original holds its turn meanwhile: bytes do not go while a row is being written. */
	originals: Pick<Turns, 'take'>;
	/** Whoever draws covers is inside until they are on something. */
	covers: Pick<Gate, 'whileEmpty'>;
	/** Where one size of a cover lies. */
	coverPath: (hash: string, size: number, format: (typeof COVER_FORMATS)[number]) => string;
	now?: () => number;
}

/** Takes bytes away that nothing refers to any more. Each is asked for again before it goes. */
export function createEraser({
	catalogue,
	storage,
	originals,
	covers,
	coverPath,
	now = Date.now
}: EraserOptions) {
	/** Posted pictures are looked at a few in a sweep, in turn. */
	let lookedAt = '';

	async function removeOriginal(sha256: string) {
		if (await catalogue.originals.has(sha256)) return;
		for (const kind of RENDITION_KINDS) await storage.remove(renditionPath(sha256, kind));
		await storage.remove(peaksPath(sha256));
		if (await catalogue.looseFiles.isEarlierOriginal(sha256)) return;
		await storage.remove(storage.originalPath(sha256));
	}

	async function removeCover(hash: string) {
		if (await catalogue.looseFiles.isCover(hash)) return;
		for (const size of COVER_SIZES) {
			for (const format of COVER_FORMATS) await storage.remove(coverPath(hash, size, format));
		}
	}

	/** False when it cannot go just now. */
	async function remove({ kind, hash }: LooseFile): Promise<boolean> {
		if (kind === 'cover') return covers.whileEmpty(() => removeCover(hash));
		await originals.take(hash, () => removeOriginal(hash));
		return true;
	}

	return {
		/** What cannot go just now goes another time. */
		async sweep(): Promise<void> {
			lookedAt =
				(await catalogue.covers.forgetUnused({
					after: lookedAt,
					before: now() - UNUSED_PICTURE_MS,
					limit: AT_ONCE
				})) ?? '';
			for (const kind of ['original', 'cover'] as const) {
				let after = '';
				for (;;) {
					const hashes = await catalogue.looseFiles.some(kind, { after, limit: AT_ONCE });
					for (const hash of hashes) {
						if (await remove({ kind, hash })) await catalogue.looseFiles.settle({ kind, hash });
					}
					after = hashes.at(-1) ?? '';
					if (hashes.length < AT_ONCE) break;
				}
			}
		}
	};
}
