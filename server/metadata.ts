import type { Metadata as Names } from '#contracts/tags';

export { numberFrom } from '#contracts/belonging';
export { cleanGenre, cleanText, partialDate, unmangled } from '#contracts/tags';

/** What a file says of its music; the texts are read by the server alone, since no list of uploads shows them. */
export interface Metadata extends Names {
	/** Its words, or what else is to be read beside it: plain text, in lines. */
	text: string | null;
	/** Who did what on it: a line for each role, `Producer: Ada, Bea`. */
	credits: string | null;
}

export const NO_METADATA: Metadata = {
	title: null,
	artist: null,
	albumArtist: null,
	album: null,
	trackNumber: null,
	discNumber: null,
	genre: null,
	date: null,
	text: null,
	credits: null
};

/** Plain text in lines, fit to be kept; null when nothing is left. */
export function cleanLines(value: string | null | undefined, most: number): string | null {
	const text = value
		?.toWellFormed()
		.replace(/\r\n?|[\u2028\u2029]/g, '\n')
		.replace(/[\u202a-\u202e\u2066-\u2069]|(?!\n)\p{Cc}/gu, ' ')
		.split('\n')
		.map((line) => line.trimEnd())
		.join('\n')
		.replace(/\n{3,}/g, '\n\n')
		.trim()
		.slice(0, most)
		.toWellFormed()
		.trim();
	return text ? text : null;
}

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

/** The folder of a path as it was dropped. */
export function folderOf(path: string | null): string | null {
	return path === null ? null : path.slice(0, path.lastIndexOf('/'));
}
