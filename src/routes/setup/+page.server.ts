import { fail, redirect } from '@sveltejs/kit';
import { refusal } from '$lib/account/form-problems.ts';
import { readNewPerson } from '$lib/account/new-person.ts';
import { setSession } from '$lib/account/session-cookie.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { accounts } = locals.portal;
	if (await accounts.hasOwner()) redirect(303, '/signin');
	const token = url.searchParams.get('token');
	return { isOpen: token !== null && (await accounts.invitation(token)) !== null };
};

export const actions: Actions = {
	default: async (event) => {
		const { given, person, fields } = readNewPerson(await event.request.formData());
		if (!person) return fail(400, { ...given, fields, code: null });
		try {
			const token = event.url.searchParams.get('token') ?? '';
			setSession(event, await event.locals.portal.accounts.setUp(token, person));
		} catch (error) {
			const { status, code } = refusal(error);
			return fail(status, { ...given, fields: {}, code });
		}
		redirect(303, '/');
	}
};
