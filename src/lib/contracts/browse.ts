import * as v from 'valibot';
import { FoundArtist, FoundRelease } from './search.ts';

/** The first is meant where none is said. */
export const RELEASE_SORTS = ['new', 'title', 'artist', 'year'] as const;
export type ReleaseSort = (typeof RELEASE_SORTS)[number];

export const ARTIST_SORTS = ['name', 'releases'] as const;
export type ArtistSort = (typeof ARTIST_SORTS)[number];

/** The cursor of the page after this one; null on the last. */
const next = v.nullable(v.string());

export const ReleasePage = v.object({ releases: v.array(FoundRelease), next });
export type ReleasePage = v.InferOutput<typeof ReleasePage>;

export const ArtistPage = v.object({ artists: v.array(FoundArtist), next });
export type ArtistPage = v.InferOutput<typeof ArtistPage>;

export interface Genre {
	slug: string;
	name: string;
	/** Of those that everybody sees. */
	releaseCount: number;
}

export interface GenrePage {
	genres: Genre[];
	next: string | null;
}
