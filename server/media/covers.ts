import { webcrypto } from 'node:crypto';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { COVER_FORMATS, COVER_SIZES, type CoverFormat } from '#contracts/cover';
import { errnoOf } from '../errno.ts';
import type { Storage } from '../storage/storage.ts';
import { isPicture } from './sniff.ts';

/** 25 megapixels: a small file can unpack to more than the memory. */
const MAX_PIXELS = 25e6;
const FORMATS = new Set(['jpeg', 'png', 'webp', 'gif']);
const QUALITY = 82;
/** A picture that takes longer was made to. */
const MAX_SECONDS = 10;
const LARGEST = Math.max(...COVER_SIZES);

/** Points, not averages: thin lines keep their colour. */
const SAMPLE_EDGE = 64;
/** How much a grey pixel counts beside the most vivid one. */
const GREY_WEIGHT = 0.01;

// One thread: pictures are background work.
sharp.concurrency(1);
sharp.cache(false);

export interface Cover {
	/** sha-256 of the picture as it came; names its files. */
	hash: string;
	/** `#rrggbb` that it is remembered by. */
	color: string;
}

export function coverPath(hash: string, size: number, format: CoverFormat): string {
	return `covers/${hash.slice(0, 2)}/${hash}-${size}.${format}`;
}

/**
 * Draws a picture anew in the sizes that pages use: what is served was never anybody's upload.
 * Null when it is no picture that we read.
 */
export async function makeCover(
	picture: Uint8Array<ArrayBuffer>,
	storage: Pick<Storage, 'scratch' | 'keepDerived' | 'sizeOf'>
): Promise<Cover | null> {
	// Before any library looks at it: some of them read other files, or whole programs, out of what they call pictures.
	if (!isPicture(Buffer.from(picture.buffer, picture.byteOffset, picture.byteLength))) return null;
	// In a thread of Node's own: twenty megabytes would hold everybody up.
	const digest = await webcrypto.subtle.digest('SHA-256', picture);
	const hash = Buffer.from(digest).toString('hex');
	const options = { limitInputPixels: MAX_PIXELS, pages: 1, failOn: 'error' } as const;
	const scratch = await storage.scratch();
	try {
		const { format } = await sharp(picture, options).metadata();
		if (!FORMATS.has(format)) return null;
		// Unpacked once, for all sizes: that is most of the work.
		const { data, info } = await sharp(picture, options)
			.rotate()
			.resize(LARGEST, LARGEST, { fit: 'cover', withoutEnlargement: true })
			.toColourspace('srgb')
			.timeout({ seconds: MAX_SECONDS })
			.raw()
			.toBuffer({ resolveWithObject: true });
		const { width, height, channels } = info;
		const drawn = () => sharp(data, { raw: { width, height, channels } });
		const color = telling(
			await drawn()
				.resize(SAMPLE_EDGE, SAMPLE_EDGE, { fit: 'cover', kernel: 'nearest' })
				.flatten()
				.raw()
				.toBuffer()
		);
		for (const size of COVER_SIZES) {
			for (const as of COVER_FORMATS) {
				const relative = coverPath(hash, size, as);
				if ((await storage.sizeOf(relative)) !== null) continue;
				const file = path.join(scratch.folder, `${size}.${as}`);
				const sized = drawn().resize(size, size, { fit: 'cover', withoutEnlargement: true });
				await encoded(sized, as).toFile(file);
				await storage.keepDerived(file, relative);
			}
		}
		return { hash, color };
	} catch (error) {
		if (errnoOf(error) === 'ENOSPC') throw error;
		return null; // a broken picture: the music goes on without it
	} finally {
		await scratch.release();
	}
}

function encoded(image: Sharp, format: CoverFormat): Sharp {
	switch (format) {
		case 'webp':
			return image.webp({ quality: QUALITY });
		case 'jpg':
			// JPEG has no holes: what is behind them is paper.
			return image.flatten({ background: '#fff' }).jpeg({ quality: QUALITY, progressive: true });
	}
}

/**
 * The colour that a cover is remembered by: of its more common ones the most vivid, since paper and ink are on most.
 * @param pixels red, green, blue, red, … @returns `#rrggbb`
 */
export function telling(pixels: Uint8Array): string {
	const bins = new Map<number, { count: number; sum: [number, number, number] }>();
	for (let at = 0; at + 2 < pixels.length; at += 3) {
		const [r = 0, g = 0, b = 0] = pixels.subarray(at, at + 3);
		const key = ((r >> 5) << 6) | ((g >> 5) << 3) | (b >> 5);
		const bin = bins.get(key) ?? { count: 0, sum: [0, 0, 0] };
		bin.count += 1;
		bin.sum = [bin.sum[0] + r, bin.sum[1] + g, bin.sum[2] + b];
		bins.set(key, bin);
	}
	let best = { weight: -1, color: '#808080' };
	for (const { count, sum } of bins.values()) {
		const mean = sum.map((part) => part / count);
		const vividness = (Math.max(...mean) - Math.min(...mean)) / 255;
		const weight = count * (GREY_WEIGHT + vividness ** 2);
		if (weight > best.weight) best = { weight, color: hex(mean) };
	}
	return best.color;
}

function hex(parts: readonly number[]): string {
	return `#${parts.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}
