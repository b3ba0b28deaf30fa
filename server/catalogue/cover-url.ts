/** Where a cover is served, in the size that pages show most. */
export function coverUrl(hash: string): string {
	return `/media/covers/${hash}/512.webp`;
}
