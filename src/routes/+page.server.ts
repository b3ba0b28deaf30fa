import type { PageServerLoad } from './$types';

const RELEASES = 25;
const TRACKS = 16;
/** Among so many of an artist's latest tracks drafts are looked for. */
const OWN = 200;

export const load: PageServerLoad = async ({ locals, depends }) => {
	depends('segue:library');
	const { person } = locals;
	const { catalogue, accounts } = locals.portal;
	const [releases, tracks, own] = await Promise.all([
		catalogue.releases.latest({ limit: RELEASES }),
		catalogue.tracks.latest({ limit: TRACKS }),
		person && person.role !== 'listener' ? catalogue.tracks.ownedBy(person, { limit: OWN }) : []
	]);
	const [newest, ...others] = releases;
	// With its tracks: it plays from here.
	const featured = newest ? await catalogue.releases.bySlug(newest.slug, person) : null;
	const drafts = own.filter(({ visibility }) => visibility === 'draft');
	const isEmpty = !newest && tracks.length === 0;
	return {
		featured,
		releases: others,
		tracks,
		drafts,
		isSetUp: !isEmpty || (await accounts.hasOwner())
	};
};
