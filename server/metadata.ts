/** What a file says of the music in it, fit to be kept: no control characters, nothing endless. */
export interface Metadata {
	title: string | null;
	artist: string | null;
	albumArtist: string | null;
	album: string | null;
	trackNumber: number | null;
	discNumber: number | null;
	genre: string | null;
	/** ISO 8601: a year, a month or a day. */
	date: string | null;
}

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

/** Longer texts are no names; a tag may hold megabytes. */
const MAX_TEXT = 500;
const MAX_GENRE = 100;
/** Some files name every genre there is. */
const MAX_GENRES = 3;

/** Null when nothing is left: control characters and lone surrogates are nobody's title. */
export function cleanText(value: string | null | undefined, most = MAX_TEXT): string | null {
	const text = value
		?.toWellFormed()
		.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
		.trim()
		.slice(0, most)
		.toWellFormed()
		.trim();
	return text ? text : null;
}

/**
 * UTF-8 that was read as Latin-1, put right: WAV and old ID3 have no way to say which it is. Text that is not valid
 * UTF-8 was Latin-1 indeed.
 */
export function unmangled(text: string | undefined): string | undefined {
	if (!text || !/[\u0080-\u00ff]/.test(text) || /[^\0-\u00ff]/.test(text)) return text;
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
	} catch {
		return text;
	}
}

/** The first few genres in one text. */
export function cleanGenre(genres: readonly string[] | null | undefined): string | null {
	const named = genres?.flatMap((genre) => cleanText(genre, MAX_GENRE) ?? []);
	return cleanText(named?.slice(0, MAX_GENRES).join(', '), MAX_GENRE);
}

/** As much of an ISO 8601 date as there is in the calendar: 2019-02-31 is a February. */
export function partialDate(value: string | null | undefined): string | null {
	const [, year, month, day] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?!\d)/.exec(value ?? '') ?? [];
	if (year === undefined || year === '0000') return null;
	if (month === undefined || month < '01' || month > '12') return year;
	const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
	if (day === undefined || day < '01' || Number(day) > days) return `${year}-${month}`;
	return `${year}-${month}-${day}`;
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

/** `03 - Night Drive.flac` is the third track. */
export function numberFrom(name: string): number | null {
	const number = Number(/^(\d{1,3})(?:\s*[.\-_)]\s*|\s+)\S/.exec(name)?.[1] ?? 0);
	return number > 0 ? number : null;
}

/** The folder of a path as it was dropped. */
export function folderOf(path: string | null): string | null {
	return path === null ? null : path.slice(0, path.lastIndexOf('/'));
}
