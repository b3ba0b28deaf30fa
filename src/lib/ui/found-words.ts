import type { Found } from '#contracts/search';
import { count } from './format.ts';

/** What was found, for those who hear it. */
export function foundWords({ tracks, releases, artists }: Found): string {
	const parts = [
		artists.length > 0 && count(artists.length, 'artist'),
		releases.length > 0 && count(releases.length, 'release'),
		tracks.length > 0 && count(tracks.length, 'track')
	].filter((part) => part !== false);
	return parts.length > 0 ? `Found: ${parts.join(', ')}.` : 'Nothing was found.';
}
