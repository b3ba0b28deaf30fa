import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COVER_FORMATS, COVER_SIZES } from '#contracts/cover';
import { openStorage } from '../storage/storage.ts';
import { coverPath, makeCover, telling } from './covers.ts';

const picture = (...areas: [count: number, r: number, g: number, b: number][]) =>
	Uint8Array.from(areas.flatMap(([count, ...rgb]) => Array(count).fill(rgb).flat() as number[]));

test('blue lines on white paper are remembered as blue', () => {
	expect(telling(picture([900, 250, 248, 240], [100, 20, 30, 120]))).toBe('#141e78');
});

test('a speck of red does not speak for a green field', () => {
	expect(telling(picture([995, 30, 120, 60], [5, 255, 0, 0]))).toBe('#1e783c');
});

test('a black and white cover stays grey', () => {
	expect(telling(picture([600, 10, 10, 10], [400, 240, 240, 240]))).toBe('#0a0a0a');
});

test('an empty picture has a colour all the same', () => {
	expect(telling(new Uint8Array())).toBe('#808080');
});

describe('a picture', () => {
	let folder: string;
	let storage: Awaited<ReturnType<typeof openStorage>>;

	beforeAll(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'segue-covers-'));
		storage = await openStorage({ root: path.join(folder, 'storage'), isNew: true });
	});
	afterAll(() => rm(folder, { recursive: true, force: true }));

	const filled = (width: number, height: number, channels: 3 | 4 = 3) =>
		sharp({
			create: { width, height, channels, background: { r: 200, g: 30, b: 30, alpha: 0.5 } }
		});
	const bytesOf = async (image: Sharp) => new Uint8Array(await image.toBuffer());
	const inStorage = async (hash: string) => {
		const sizes = COVER_SIZES.flatMap((size) =>
			COVER_FORMATS.map(async (as) => {
				const { format, width, height } = await sharp(
					storage.absolute(coverPath(hash, size, as))
				).metadata();
				return [format, width, height];
			})
		);
		return Promise.all(sizes);
	};

	test('is drawn anew in every size, as WebP and as JPEG', async () => {
		const cover = await makeCover(await bytesOf(filled(1500, 1200).png()), storage);

		expect(cover?.color).toBe('#c81e1e');
		expect(await inStorage(cover!.hash)).toEqual(
			COVER_SIZES.flatMap((size) => [
				['webp', size, size],
				['jpeg', size, size]
			])
		);
	});

	test('with holes keeps them in WebP and lies on paper in JPEG', async () => {
		const cover = await makeCover(await bytesOf(filled(100, 100, 4).png()), storage);

		const webp = await sharp(storage.absolute(coverPath(cover!.hash, 96, 'webp'))).metadata();
		const { dominant } = await sharp(storage.absolute(coverPath(cover!.hash, 96, 'jpg'))).stats();
		expect(webp.hasAlpha).toBe(true);
		expect(dominant.g).toBeGreaterThan(100);
	});

	test('carries nothing of the upload: no place, no profile, no words', async () => {
		const said = { IFD0: { Copyright: 'call me at home' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } };
		const cover = await makeCover(await bytesOf(filled(300, 300).withExif(said).jpeg()), storage);

		for (const as of COVER_FORMATS) {
			const kept = await sharp(storage.absolute(coverPath(cover!.hash, 256, as))).metadata();
			expect([kept.exif, kept.icc, kept.xmp]).toEqual([undefined, undefined, undefined]);
		}
	});

	test('that moves is its first moment', async () => {
		const frames = await Promise.all(
			[filled(50, 50), filled(50, 50).negate()].map((each) => bytesOf(each.png()))
		);
		const gif = await bytesOf(sharp(frames, { join: { animated: true } }).gif());

		expect((await makeCover(gif, storage))?.color).toBe('#c81e1e');
	});

	const BOMBS: [string, () => Promise<Uint8Array<ArrayBuffer>>][] = [
		['of 26 megapixels', () => bytesOf(filled(5100, 5100).png({ compressionLevel: 1 }))],
		[
			'whose head promises 900 megapixels',
			async () => promising(await bytesOf(filled(8, 8).png()))
		],
		['that is cut in half', async () => (await bytesOf(filled(300, 300).jpeg())).slice(0, 400)],
		['that is a program', async () => new Uint8Array(Buffer.from(SVG))],
		['that is a TIFF', () => bytesOf(filled(10, 10).tiff())],
		['that is an AVIF', () => bytesOf(filled(10, 10).avif())],
		['that is a text', async () => new Uint8Array(Buffer.from('not a picture at all'))],
		['that is empty', async () => new Uint8Array()]
	];
	test.each(BOMBS)('%s is none', async (_, make) => {
		const picture = await make();
		const begun = performance.now();

		expect(await makeCover(picture, storage)).toBeNull();
		expect(performance.now() - begun).toBeLessThan(1000);
		expect(await readdir(storage.tmp)).toEqual([]);
	});

	const SVG = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink"><image x:href="file:///etc/passwd"/></svg>`;

	/** PNG, ISO 15948 §11.2.2: both edges stand at 16 and 20, and a checksum follows. */
	function promising(png: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
		const bytes = Buffer.from(png);
		bytes.writeUInt32BE(30_000, 16);
		bytes.writeUInt32BE(30_000, 20);
		bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
		return new Uint8Array(bytes);
	}
});
