import type { PageServerLoad } from './$types';

const RELEASES = 25;
const TRACKS = 20;

export const load: PageServerLoad = async ({ locals, depends }) => {
	depends('segue:library');
	const { catalogue, accounts } = locals.portal;
	const [releases, tracks] = await Promise.all([
		catalogue.releases.latest({ limit: RELEASES }),
		catalogue.tracks.latest({ limit: TRACKS })
	]);
	const isEmpty = releases.length === 0 && tracks.length === 0;
	return { releases, tracks, isSetUp: !isEmpty || (await accounts.hasOwner()) };
};
