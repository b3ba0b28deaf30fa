import type { Found } from '#contracts/search';
import type { PageServerLoad } from './$types';

type Kind = keyof Found;

/** What is seen of each kind at first: a row or two, so that on a phone too the tracks are not far below. */
const AT_FIRST: Record<Kind, number> = { artists: 6, releases: 6, tracks: 12 };
/** Of one kind, when all of it is asked for: further down hardly anything is what was meant. */
const OF_ONE = 96;
const NONE: Record<Kind, number> = { artists: 0, releases: 0, tracks: 0 };

export const load: PageServerLoad = async ({ locals, url, depends }) => {
	depends('segue:library');
	const query = url.searchParams.get('q') ?? '';
	const only = kindOf(url.searchParams.get('only'));
	const shown = only ? { ...NONE, [only]: OF_ONE } : AT_FIRST;
	// One more of each tells whether there are more.
	const { artists, releases, tracks } = shown;
	const most = only ? shown : { artists: artists + 1, releases: releases + 1, tracks: tracks + 1 };
	const { search } = locals.portal.catalogue;
	const found = await search.find(query, { viewer: locals.person, most });
	const hasMore = (kind: Kind) => found[kind].length > shown[kind];
	return {
		...{ query, only },
		found: {
			artists: found.artists.slice(0, artists),
			releases: found.releases.slice(0, releases),
			tracks: found.tracks.slice(0, tracks)
		},
		more: { artists: hasMore('artists'), releases: hasMore('releases'), tracks: hasMore('tracks') }
	};
};

function kindOf(asked: string | null): Kind | null {
	return asked === 'artists' || asked === 'releases' || asked === 'tracks' ? asked : null;
}
