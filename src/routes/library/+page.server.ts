import type { PageServerLoad } from './$types';
import { signedIn } from '../signed-in.ts';

const LIKES = 100;

export const load: PageServerLoad = async (event) => {
	const person = signedIn(event);
	const from = event.url.searchParams.get('from');
	const { likes } = event.locals.portal.catalogue;
	return {
		liked: await likes.page(person, { limit: LIKES, cursor: from }),
		isLater: from !== null
	};
};
