import type { Person } from '#contracts/account';
import type { OwnMusicPage } from '#contracts/own-music';

/** How much of a catalogue comes at once. */
const TRACKS = 200;

/** A page of what this person uploaded, as the studio lists it. */
export async function ownMusicPage(
	{ tracks, releases }: App.Locals['portal']['catalogue'],
	person: Person,
	cursor: string | null
): Promise<OwnMusicPage> {
	const page = await tracks.ownedBy(person, { limit: TRACKS, cursor });
	const slugs = new Set(page.tracks.flatMap(({ releaseSlug }) => releaseSlug ?? []));
	return { ...page, releases: await releases.bySlugs([...slugs], person) };
}
