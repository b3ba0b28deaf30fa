import { redirect } from '@sveltejs/kit';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals, url }) => {
	if (!locals.person) redirect(303, `/signin?next=${encodeURIComponent(url.pathname)}`);
};
