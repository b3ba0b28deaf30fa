import { redirect } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => {
	if (!locals.person) redirect(303, '/signin?next=/import');
	return { mayImport: locals.person.role !== 'listener' };
};
