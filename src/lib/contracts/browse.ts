import type { FoundArtist } from './search.ts';
import type { Release } from './release.ts';

export const RELEASE_SORTS = ['new', 'title', 'artist', 'year'] as const;
export type ReleaseSort = (typeof RELEASE_SORTS)[number];

export const ARTIST_SORTS = ['name', 'releases'] as const;
export type ArtistSort = (typeof ARTIST_SORTS)[number];

/** `next` is the cursor of the page after it; null on the last. */
export interface ReleasePage {
	releases: Release[];
	next: string | null;
}

export interface ArtistPage {
	artists: FoundArtist[];
	next: string | null;
}

export interface Genre {
	slug: string;
	name: string;
	releaseCount: number;
}

export interface GenrePage {
	genres: Genre[];
	next: string | null;
}
