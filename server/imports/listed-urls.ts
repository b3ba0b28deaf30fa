import { nameFromUrl } from './download.ts';
import { parsePlaylist } from './playlist.ts';
import type { ListedItem } from './items.ts';

/** What a list names, as items. @throws SourceError too_many_items, not_understood */
export function listedUrls(text: string, base: URL | null): ListedItem[] {
	return parsePlaylist(text, base).map(({ location, ...describe }) => {
		const url = URL.canParse(location) ? new URL(location) : null;
		return {
			sourceId: location,
			name: url ? nameFromUrl(url) : location.slice(0, 200),
			locator: location,
			...(Object.keys(describe).length > 0 && { describe })
		};
	});
}
