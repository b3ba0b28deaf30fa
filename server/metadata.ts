import type { Metadata } from '#contracts/tags';

export { cleanGenre, cleanText, partialDate, unmangled, type Metadata } from '#contracts/tags';

export const NO_METADATA: Metadata = {
	title: null,
	artist: null,
	albumArtist: null,
	album: null,
	trackNumber: null,
	discNumber: null,
	genre: null,
	date: null
};

export function yearOf(date: string | null): number | null {
	return date === null ? null : Number(date.slice(0, 4));
}

/** `03 - Night Drive.flac` is called Night Drive. */
export function titleFrom(name: string): string {
	const stem = name.replace(/\.[^.]{1,5}$/, '');
	const title = stem
		.replace(/^\d{1,3}(?:\s*[.\-_)]\s*|\s+)/, '')
		.replaceAll('_', ' ')
		.trim();
	return title || stem || name;
}

/** `03 - Night Drive.flac` is the third track. */
export function numberFrom(name: string): number | null {
	const number = Number(/^(\d{1,3})(?:\s*[.\-_)]\s*|\s+)\S/.exec(name)?.[1] ?? 0);
	return number > 0 ? number : null;
}

/** The folder of a path as it was dropped. */
export function folderOf(path: string | null): string | null {
	return path === null ? null : path.slice(0, path.lastIndexOf('/'));
}
