/** Cover edges in pixels; `coverUrl` names the third. */
export const COVER_SIZES = [96, 256, 512, 1024] as const;
export type CoverSize = (typeof COVER_SIZES)[number];
/** Each size is there as WebP, and as JPEG for whoever shows pictures outside of pages. */
export const COVER_FORMATS = ['webp', 'jpg'] as const;
export type CoverFormat = (typeof COVER_FORMATS)[number];

/** The same cover in another size, and as another kind of picture. */
export function coverAt(coverUrl: string, size: CoverSize, format: CoverFormat = 'webp'): string {
	return coverUrl.replace(/\d+\.\w+$/, `${size}.${format}`);
}
