import type { PageServerLoad } from './$types';
import { signedIn } from '../../signed-in.ts';

const PLAYLISTS = 60;
const DELETED = 20;

export const load: PageServerLoad = async (event) => {
	const person = signedIn(event);
	const from = event.url.searchParams.get('from');
	const { playlists } = event.locals.portal.catalogue;
	const [kept, deleted] = await Promise.all([
		playlists.page(person, { limit: PLAYLISTS, cursor: from, joined: true }),
		playlists.page(person, { limit: DELETED, cursor: null, deleted: true })
	]);
	return { ...kept, deleted: deleted.playlists, isLater: from !== null };
};
