import type { Description } from '#contracts/upload';
import type { StoredUpload } from '../catalogue/uploads.ts';
import {
	cleanGenre,
	cleanText,
	folderOf,
	NO_METADATA,
	numberFrom,
	partialDate,
	titleFrom,
	type Metadata
} from '../metadata.ts';

/** A track as its person and its tags describe it together. */
export interface Described extends Omit<Metadata, 'title' | 'artist' | 'albumArtist'> {
	title: string;
	artist: string;
	/** Whose release it is on. */
	albumArtist: string;
}

/** What somebody said, fit to be kept: a text of which nothing is left counts as cleared. */
export function cleaned(said: Description): Description {
	const { title, artist, albumArtist, album, genre, date, ...rest } = said;
	return {
		...rest,
		...(title !== undefined && { title: cleanText(title) }),
		...(artist !== undefined && { artist: cleanText(artist) }),
		...(albumArtist !== undefined && { albumArtist: cleanText(albumArtist) }),
		...(album !== undefined && { album: cleanText(album) }),
		...(genre !== undefined && { genre: genre === null ? null : cleanGenre([genre]) }),
		...(date !== undefined && { date: partialDate(date) })
	};
}

/**
 * Lays what was said over the tags: an absent field is as the tags have it, null clears it.
 * @param personName stands for an artist whom nobody names
 */
export function described(
	upload: Pick<StoredUpload, 'name' | 'path' | 'tags' | 'description'>,
	personName: string
): Described {
	const { name, path } = upload;
	const tags = upload.tags ?? NO_METADATA;
	// Without an album tag a folder is a release, and its files are numbered by their names.
	const byTags = {
		...tags,
		artist: tags.artist ?? tags.albumArtist,
		album: tags.album ?? folderOf(path)?.split('/').at(-1) ?? null,
		trackNumber: tags.trackNumber ?? numberFrom(name)
	};
	const laid: Metadata = { ...byTags, ...metadataIn(upload.description ?? {}) };
	const artist = laid.artist ?? personName;
	return {
		...laid,
		title: laid.title ?? titleFrom(name),
		artist,
		albumArtist: laid.albumArtist ?? artist
	};
}

/** What publishing makes of it. */
export function visibilityOf({
	publish,
	description
}: Pick<StoredUpload, 'publish' | 'description'>): 'draft' | 'public' {
	return publish && description?.visibility !== 'draft' ? 'public' : 'draft';
}

function metadataIn({ visibility: _, cover: __, ...metadata }: Description): Partial<Metadata> {
	return metadata as Partial<Metadata>;
}
