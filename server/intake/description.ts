import { albumFolder, leadingArtist } from '#contracts/compilation';
import type { Visibility } from '#contracts/track';
import { MAX_CREDITS, MAX_TRACK_TEXT, type Description } from '#contracts/upload';
import { tidyChapters } from '../chapters.ts';
import { nameKey } from '../folding.ts';
import type { StoredUpload } from '../catalogue/uploads.ts';
import {
	cleanGenre,
	cleanLines,
	cleanText,
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
	/** Whose release it is on, if that is said by itself or by the track's artist. */
	albumArtist: string;
	/**
	 * What it has in common with the tracks whose release it shares, when nobody says whose that is: then all of them
	 * say it. Null when it is said, and when there was no folder.
	 */
	gathering: string | null;
	/** Who leads on it, as far as somebody names an artist. */
	lead: string | null;
}

/** What somebody said, fit to be kept: a text of which nothing is left counts as cleared. */
export function cleaned(said: Description): Description {
	const { title, artist, albumArtist, album, genre, date, text, credits, chapters, ...rest } = said;
	return {
		...rest,
		...(title !== undefined && { title: cleanText(title) }),
		...(artist !== undefined && { artist: cleanText(artist) }),
		...(albumArtist !== undefined && { albumArtist: cleanText(albumArtist) }),
		...(album !== undefined && { album: cleanText(album) }),
		...(genre !== undefined && { genre: genre === null ? null : cleanGenre([genre]) }),
		...(date !== undefined && { date: partialDate(date) }),
		...(text !== undefined && { text: cleanLines(text, MAX_TRACK_TEXT) }),
		...(credits !== undefined && { credits: cleanLines(credits, MAX_CREDITS) }),
		...(chapters !== undefined && { chapters: chapters && tidyChapters(chapters) })
	};
}

/** What was said of a file over what its tags say: whoever says the same again changes nothing. */
export function laidOver({
	name,
	path,
	...upload
}: Pick<StoredUpload, 'name' | 'path' | 'tags' | 'description'>): Metadata {
	// What was read before there were texts has none.
	const tags = { ...NO_METADATA, ...upload.tags };
	const { folder, disc } = albumFolder(path);
	// Without an album tag a folder is a release, and its files are numbered by their names.
	const byTags = {
		...tags,
		artist: tags.artist ?? tags.albumArtist,
		album: tags.album ?? (folder.split('/').at(-1) || null),
		discNumber: tags.discNumber ?? disc,
		trackNumber: tags.trackNumber ?? numberFrom(name)
	};
	return { ...byTags, ...metadataIn(upload.description ?? {}) };
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
	const { folder } = albumFolder(path);
	const laid = laidOver(upload);
	const artist = laid.artist ?? personName;
	const isGathered = laid.albumArtist === null && folder !== '';
	return {
		...laid,
		title: laid.title ?? titleFrom(name),
		artist,
		albumArtist: laid.albumArtist ?? artist,
		gathering: isGathered && laid.album !== null ? `${folder}\n${nameKey(laid.album)}` : null,
		lead: laid.artist === null ? null : leadingArtist(laid.artist)
	};
}

/** What publishing makes of it. */
export function visibilityOf({
	publish,
	description
}: Pick<StoredUpload, 'publish' | 'description'>): Visibility {
	return publish ? (description?.visibility ?? 'public') : 'draft';
}

function metadataIn({
	visibility: _visibility,
	cover: _cover,
	picture: _picture,
	chapters: _chapters,
	...metadata
}: Description): Partial<Metadata> {
	return metadata as Partial<Metadata>;
}
