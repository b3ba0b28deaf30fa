import { listed, plural } from '#language/numbers';
import { namedIn, type Chosen } from './choosing.ts';

export const albumsWords = (n: number) => plural(n, ['# album', '# albums']);
export const songsWords = (n: number) => plural(n, ['# song', '# songs']);

/** How many a search has, for those who hear it. */
export const foundWords = (n: number) => plural(n, ['# found', '# found']);

/** `3 artists, 1 playlist`; the whole library when nothing was chosen. */
export function chosenWords(chosen: readonly Chosen[]): string {
	if (chosen.length === 0) return 'The whole library';
	const { artists, albums, playlists } = namedIn(chosen);
	const parts: string[] = [];
	if (artists.length > 0) parts.push(plural(artists.length, ['# artist', '# artists']));
	if (albums.length > 0) parts.push(albumsWords(albums.length));
	if (playlists.length > 0) parts.push(plural(playlists.length, ['# playlist', '# playlists']));
	return listed(parts);
}

/** What one of those that were ticked is. */
export function kindWords({ kind, artist }: Chosen): string {
	if (kind === 'artist') return 'All of this artist';
	if (kind === 'playlist') return 'A playlist';
	return artist ? `Album by ${artist.name}` : 'An album';
}
