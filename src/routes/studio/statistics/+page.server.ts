import { Problem } from '#contracts/problem';
import { PERIODS } from '#contracts/statistics';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, parent }) => {
	await parent(); // who is not signed in is led away before anything is asked
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const asked = Number(url.searchParams.get('days'));
	const period = PERIODS.find((days) => days === asked) ?? 30;
	return { period, figures: await portal.statistics.ofOwner(person.id, period) };
};
