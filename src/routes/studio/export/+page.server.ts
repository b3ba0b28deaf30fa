import { redirect } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	if (!locals.person) redirect(303, '/signin?next=/studio/export');
	const personId = url.searchParams.get('person');
	const { portal, person } = locals;
	return {
		...(await portal.exports.totals(person, personId)),
		/** Whose music it is, when it is somebody else's. */
		personId: personId === person.id ? null : personId
	};
};
