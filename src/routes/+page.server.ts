import type { PageServerLoad } from './$types';

const LATEST = 24;
const SINGLES = 12;
const MOST_PLAYED = 12;
const CONTINUED = 6;
const FEATURED_BESIDE = 6;
/** So many of an artist's drafts are shown; the rest is in the studio. */
const DRAFTS = 6;

export const load: PageServerLoad = async ({ locals, depends }) => {
	depends('segue:library');
	const { person } = locals;
	const { catalogue, accounts } = locals.portal;
	const addsMusic = person !== null && person.role !== 'listener';
	const [picked, latest, singles, mostPlayed, continued, drafts, draftCount] = await Promise.all([
		catalogue.featured.list({ limit: 1 + FEATURED_BESIDE }),
		catalogue.browse.releases({ sort: 'new', limit: LATEST + 1, cursor: null }),
		catalogue.browse.singles({ limit: SINGLES }),
		catalogue.plays.mostPlayedReleases(MOST_PLAYED),
		person ? catalogue.plays.continueOf(person, CONTINUED) : [],
		addsMusic ? catalogue.tracks.draftsOf(person, { limit: DRAFTS }) : [],
		addsMusic ? catalogue.tracks.countDrafts(person.id) : 0
	]);
	// Until the owner picks something, the newest stands where the picks would.
	const first = picked[0] ?? latest.releases[0];
	// With its tracks: it plays from here.
	const featured = first ? await catalogue.releases.bySlug(first.slug, person) : null;
	const isEmpty = !first && singles.length === 0;
	return {
		featured,
		isPicked: picked.length > 0,
		picked: picked.slice(1),
		releases: latest.releases.filter(({ id }) => id !== first?.id).slice(0, LATEST),
		mostPlayed,
		continued,
		singles,
		drafts,
		draftCount,
		isSetUp: !isEmpty || (await accounts.hasOwner())
	};
};
