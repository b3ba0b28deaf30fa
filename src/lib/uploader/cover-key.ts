/** Where the picture of a release is found: by folder and album, or by folder alone for a picture beside the music. */
export function coverKey(path: string | null, album: string | null): string {
	return `${path === null ? '' : path.slice(0, path.lastIndexOf('/'))}\n${album ?? ''}`;
}
