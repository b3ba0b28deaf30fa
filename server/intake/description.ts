import { belongingOf, filledIn, type Belonging } from '#contracts/belonging';
import type { Visibility } from '#contracts/track';
import { MAX_CREDITS, MAX_TRACK_TEXT, type Description } from '#contracts/upload';
import { tidyChapters } from '../chapters.ts';
import type { StoredUpload } from '../catalogue/uploads.ts';
import {
	cleanGenre,
	cleanLines,
	cleanText,
	NO_METADATA,
	partialDate,
	titleFrom,
	type Metadata
} from '../metadata.ts';

/** A track as its person and its tags describe it together. */
export interface Described extends Omit<Metadata, 'title' | 'artist' | 'albumArtist' | 'album'> {
	title: string;
	artist: string;
	belonging: Belonging;
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
	return { ...filledIn(tags, { name, path }), ...metadataIn(upload.description ?? {}) };
}

/**
 * Lays what was said over the tags: an absent field is as the tags have it, null clears it.
 * @param personName stands for an artist whom nobody names
 */
export function described(
	upload: Pick<StoredUpload, 'name' | 'path' | 'tags' | 'description'>,
	personName: string
): Described {
	const { title, artist, albumArtist, album, ...rest } = laidOver(upload);
	return {
		...rest,
		title: title ?? titleFrom(upload.name),
		artist: artist ?? personName,
		belonging: belongingOf({ artist, albumArtist, album }, upload.path)
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
