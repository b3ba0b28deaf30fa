import { PERIODS } from '#contracts/statistics';
import { signedIn } from '../../signed-in.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const person = signedIn(event);
	const asked = Number(event.url.searchParams.get('days'));
	const period = PERIODS.find((days) => days === asked) ?? 30;
	return { period, figures: await event.locals.portal.statistics.ofOwner(person.id, period) };
};
