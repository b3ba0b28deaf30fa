const AUDIO_ENDINGS = new Set(
	'mp3 flac ogg oga opus m4a m4b mp4 aac alac wav wave aif aiff aifc wma wv mpc ape caf mka webm'.split(
		' '
	)
);
const PICTURE_ENDINGS = new Set(['jpg', 'jpeg', 'png', 'webp', 'gif']);
/** What programs leave beside music: how a disc was cut, copied or listed. */
const COMPANION_ENDINGS = new Set(['cue', 'log', 'nfo', 'm3u', 'm3u8', 'pls']);
/** What people and programs call the picture that lies beside the music; of two in one folder the earlier name counts. */
const COVER_STEMS = [/^(cover|front)$/, /^folder$/, /^(album|albumart.*|artwork)$/];

/** What is unpacked here, and its music imported. */
const ARCHIVE_ENDINGS = new Set(['zip']);

export type FileKind = 'audio' | 'cover' | 'archive' | null;

/** What a file claims to be, by its name and the type that was announced. The bytes are asked later. */
export function kindOf(name: string, type: string | undefined): FileKind {
	const { stem, ending } = partsOf(name);
	if (AUDIO_ENDINGS.has(ending)) return 'audio';
	// Browsers take a playlist for audio.
	if (COMPANION_ENDINGS.has(ending)) return null;
	if (PICTURE_ENDINGS.has(ending)) return coverRank(stem) < COVER_STEMS.length ? 'cover' : null;
	if (ARCHIVE_ENDINGS.has(ending)) return 'archive';
	return type?.startsWith('audio/') ? 'audio' : null;
}

/** A cue sheet, a log or a list: nothing is wrong with it, and nothing is made of it. */
export function isCompanion(name: string): boolean {
	return COMPANION_ENDINGS.has(partsOf(name).ending);
}

const coverRank = (stem: string) => [...COVER_STEMS, /(?:)/].findIndex((stems) => stems.test(stem));

interface Picture {
	name: string;
	/** Bytes. */
	size: number;
}

/** Of two pictures of one folder: `cover` goes before `folder`, the larger before the smaller. */
export function goesBefore(one: Picture, other: Picture): boolean {
	const ranks = coverRank(partsOf(one.name).stem) - coverRank(partsOf(other.name).stem);
	if (ranks !== 0) return ranks < 0;
	return one.size === other.size ? one.name < other.name : one.size > other.size;
}

function partsOf(name: string): { stem: string; ending: string } {
	const lower = name.toLowerCase();
	const dot = lower.lastIndexOf('.');
	return dot > 0
		? { stem: lower.slice(0, dot), ending: lower.slice(dot + 1) }
		: { stem: lower, ending: '' };
}

const MAX_NAME = 255;

/** The last part of a name that may hold a path, fit to be shown and offered; never used to open anything. */
export function shownName(name: string): string {
	const last = name.toWellFormed().split(/[\\/]/).at(-1);
	const clean = last
		?.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, '')
		.trim()
		.slice(0, MAX_NAME);
	return clean ? clean.toWellFormed() : 'file';
}

/** Folder and name with forward slashes, nothing before the first folder and no way up; null when there is no folder. */
export function shownPath(path: string | undefined): string | null {
	const parts = (path ?? '')
		.split(/[\\/]/)
		.filter((part) => part !== '' && part !== '.' && part !== '..')
		.map(shownName);
	return parts.length > 1 ? parts.join('/') : null;
}
