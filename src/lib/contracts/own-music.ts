import type { Release } from './release.ts';
import type { Track } from './track.ts';

/** `GET /api/studio/music?cursor=`: a page of what one person uploaded, newest first, with the releases it is on. */
export interface OwnMusicPage {
	tracks: Track[];
	releases: Release[];
	/** The cursor of the page after this one; null at the end. */
	next: string | null;
}
