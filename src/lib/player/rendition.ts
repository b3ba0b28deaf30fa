import type { Track } from '#contracts/track';

/** What a browser says of the link and of itself. */
export interface Listener {
	/** The person asked to save data, or the link is a slow one. */
	savesData: boolean;
	/** Whether this media type plays; `canPlayType` said something else than nothing. */
	canPlay: (type: string) => boolean;
}

/**
 * The stream to play. The server's choice where nothing speaks against it; over a link that saves data the smallest
 * that plays here, and the smallest that plays where the server's choice does not.
 */
export function streamOf(
	{ streamUrl, renditions = [] }: Pick<Track, 'streamUrl' | 'renditions'>,
	{ savesData, canPlay }: Listener
): string | null {
	const usual = renditions.find(({ url }) => url === streamUrl);
	const isHeard = !usual || canPlay(usual.type);
	if (!savesData && isHeard) return streamUrl;
	const [smallest] = renditions
		.filter(({ state, url, type }) => state === 'ready' && url !== null && canPlay(type))
		.filter(({ bitsPerSecond }) => bitsPerSecond > 0)
		.sort((one, other) => one.bitsPerSecond - other.bitsPerSecond);
	return smallest?.url ?? streamUrl;
}
