import { createHash } from 'node:crypto';
import path from 'node:path';
import sharp from 'sharp';
import { COVER_SIZES } from '#contracts/track';
import type { Storage } from '../storage/storage.ts';

/** 25 megapixels: a small file can unpack to more than the memory. */
const MAX_PIXELS = 25e6;
const FORMATS = new Set(['jpeg', 'png', 'webp', 'gif']);
const QUALITY = 82;

// One thread: pictures are background work.
sharp.concurrency(1);
sharp.cache(false);

export interface Cover {
	/** sha-256 of the picture as it came; names its files. */
	hash: string;
	/** `#rrggbb` of what most of it shows. */
	color: string;
}

export function coverPath(hash: string, size: number): string {
	return `covers/${hash.slice(0, 2)}/${hash}-${size}.webp`;
}

/**
 * Draws a picture anew in the sizes that pages use: what is served was never anybody's upload.
 * Null when it is no picture that we read.
 */
export async function makeCover(
	picture: Uint8Array,
	storage: Pick<Storage, 'scratch' | 'keepDerived' | 'sizeOf'>
): Promise<Cover | null> {
	const hash = createHash('sha256').update(picture).digest('hex');
	const options = { limitInputPixels: MAX_PIXELS, pages: 1, failOn: 'error' } as const;
	const scratch = await storage.scratch();
	try {
		const { format } = await sharp(picture, options).metadata();
		if (!FORMATS.has(format)) return null;
		const { dominant } = await sharp(
			await sharp(picture, options)
				.rotate()
				.resize(64, 64, { fit: 'cover' })
				.removeAlpha()
				.png()
				.toBuffer()
		).stats();
		for (const size of COVER_SIZES) {
			const relative = coverPath(hash, size);
			if ((await storage.sizeOf(relative)) !== null) continue;
			const file = path.join(scratch.folder, String(size));
			await sharp(picture, options)
				.rotate()
				.resize(size, size, { fit: 'cover', withoutEnlargement: true })
				.webp({ quality: QUALITY })
				.toFile(file);
			await storage.keepDerived(file, relative);
		}
		return { hash, color: hex(dominant) };
	} catch (error) {
		if (error instanceof Error && /^(Input|VipsJpeg|vips|pngload|webp|gif)/i.test(error.message)) {
			return null; // a broken picture: the music goes on without it
		}
		throw error;
	} finally {
		await scratch.release();
	}
}

function hex({ r, g, b }: { r: number; g: number; b: number }): string {
	return `#${[r, g, b].map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}
