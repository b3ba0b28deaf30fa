/*
 * What the tags of a file come to. The browser reads them for its list and the server for good: by one rule, or a song
 * changes its name when it arrives.
 */

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

/** What the tag reader of either side finds; the one is handed bytes, the other a file. */
export interface FoundTags {
	common: {
		title?: string | undefined;
		artist?: string | undefined;
		artists?: string[] | undefined;
		albumartist?: string | undefined;
		album?: string | undefined;
		track: { no: number | null };
		disk: { no: number | null };
		genre?: string[] | undefined;
		date?: string | undefined;
		year?: number | undefined;
	};
	format: { tagTypes?: readonly string[] | undefined };
}

export function metadataOf(found: FoundTags): Metadata {
	const { common } = found;
	const year = whole(common.year, 9999);
	return {
		title: cleanText(unmangled(common.title)),
		artist: cleanText(unmangled(artistOf(found))),
		albumArtist: cleanText(unmangled(common.albumartist)),
		album: cleanText(unmangled(common.album)),
		trackNumber: whole(common.track.no, 9999),
		discNumber: whole(common.disk.no, 999),
		genre: cleanGenre(common.genre),
		date: partialDate(common.date) ?? partialDate(year?.toString().padStart(4, '0'))
	};
}

/** Several values of one field are several artists; a name beside them says how they are put together. */
function artistOf({ common: { artist, artists = [] }, format }: FoundTags): string | undefined {
	if (artists.length < 2 || (artist !== undefined && artist !== artists[0])) {
		return artist ?? artists[0];
	}
	// Old ID3 parts values by a slash, and so the reader parts AC/DC.
	const isOld = format.tagTypes?.some((type) => type === 'ID3v2.2' || type === 'ID3v2.3');
	return artists.join(isOld ? '/' : ', ');
}

function whole(value: number | null | undefined, most: number): number | null {
	return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= most
		? value
		: null;
}

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
		return new TextDecoder('utf-8', { fatal: true }).decode(
			Uint8Array.from(text, (letter) => letter.charCodeAt(0))
		);
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
