/*
 * Which release a track belongs to. The upload page shows it before the files are there and the portal makes it so: by
 * one rule, or music is on another release when it arrives.
 */
import { albumFolder, leadingArtist } from './compilation.ts';
import type { Metadata } from './tags.ts';

export type Belonging =
	/** Somebody said that it is on none. */
	| { kind: 'alone' }
	/** On the one of this title by this artist; null stands for the person whose music it is. */
	| { kind: 'release'; album: string; artist: string | null }
	/** With all of its folder that say the same title and no artist of a release: whose it is follows from all of them. */
	| { kind: 'gathering'; album: string; key: string; lead: string | null };

/** Two spellings of one name give one key: case, accents and spaces do not count. */
export function nameKey(name: string): string {
	const folded = name
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/\s+/g, ' ')
		.trim();
	return folded || name.trim();
}

/** `03 - Night Drive.flac` is the third track. */
export function numberFrom(name: string): number | null {
	const number = Number(/^(\d{1,3})(?:\s*[.\-_)]\s*|\s+)\S/.exec(name)?.[1] ?? 0);
	return number > 0 ? number : null;
}

/** Without an album tag a folder is a release, and its files are numbered by their names. */
export function filledIn<T extends Metadata>(
	tags: T,
	{ name, path }: { name: string; path: string | null }
): T {
	const { folder, disc } = albumFolder(path);
	return {
		...tags,
		artist: tags.artist ?? tags.albumArtist,
		album: tags.album ?? (folder.split('/').at(-1) || null),
		discNumber: tags.discNumber ?? disc,
		trackNumber: tags.trackNumber ?? numberFrom(name)
	};
}

/** @param said tags that are filled in, with what its person said over them */
export function belongingOf(
	{ artist, albumArtist, album }: Pick<Metadata, 'artist' | 'albumArtist' | 'album'>,
	path: string | null
): Belonging {
	if (album === null) return { kind: 'alone' };
	const { folder } = albumFolder(path);
	if (albumArtist !== null || folder === '') {
		return { kind: 'release', album, artist: albumArtist ?? artist };
	}
	const lead = artist === null ? null : leadingArtist(artist);
	return { kind: 'gathering', album, key: `${folder}\n${nameKey(album)}`, lead };
}
