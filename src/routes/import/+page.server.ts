import { redirect } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => {
	if (!locals.person) redirect(303, '/signin?next=/import');
	const { role } = locals.person;
	return {
		mayImport: role !== 'listener',
		// Nobody else learns what is on the disk.
		folders: role === 'owner' ? locals.portal.imports.folders : []
	};
};
