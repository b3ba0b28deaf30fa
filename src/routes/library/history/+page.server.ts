import type { PageServerLoad } from './$types';
import { signedIn } from '../../signed-in.ts';

const PLAYS = 100;

export const load: PageServerLoad = async (event) => {
	const person = signedIn(event);
	const from = event.url.searchParams.get('from');
	const { plays } = event.locals.portal.catalogue;
	const [history, keeps] = await Promise.all([
		plays.history(person, { limit: PLAYS, cursor: from }),
		plays.keepsHistory(person.id)
	]);
	return { ...history, keeps, isLater: from !== null };
};
