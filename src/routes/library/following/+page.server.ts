import type { PageServerLoad } from './$types';
import { signedIn } from '../../signed-in.ts';

const ARTISTS = 60;
const NEWS = 60;

export const load: PageServerLoad = async (event) => {
	const person = signedIn(event);
	event.depends('segue:library');
	const from = event.url.searchParams.get('from');
	const { follows } = event.locals.portal.catalogue;
	const now = Date.now();
	const seenAt = await follows.seenAt(person.id);
	const [followed, news] = await Promise.all([
		follows.page(person.id, { limit: ARTISTS, cursor: from }),
		from === null ? follows.news(person, { limit: NEWS, now, seenAt }) : []
	]);
	return { ...followed, news, shownAt: now, isLater: from !== null };
};
