import type { PageServerLoad } from './$types';

const RELEASES = 25;
const TRACKS = 16;

export const load: PageServerLoad = async ({ locals, depends }) => {
	depends('segue:library');
	const { catalogue, accounts } = locals.portal;
	const [releases, tracks] = await Promise.all([
		catalogue.releases.latest({ limit: RELEASES }),
		catalogue.tracks.latest({ limit: TRACKS })
	]);
	const [newest, ...others] = releases;
	// With its tracks: it plays from here.
	const featured = newest ? await catalogue.releases.bySlug(newest.slug, locals.person) : null;
	const isEmpty = !newest && tracks.length === 0;
	return { featured, releases: others, tracks, isSetUp: !isEmpty || (await accounts.hasOwner()) };
};
