import { fail, redirect } from '@sveltejs/kit';
import { refusal } from '$lib/account/form-problems.ts';
import { nextPath } from '$lib/account/next-path.ts';
import { readNewPerson } from '$lib/account/new-person.ts';
import { setSession } from '$lib/account/session-cookie.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const token = url.searchParams.get('token');
	const invitation = await locals.portal.accounts.invitation(token);
	return { role: invitation?.role ?? null, isInvited: token !== null };
};

export const actions: Actions = {
	default: async (event) => {
		const { given, person, fields } = readNewPerson(await event.request.formData());
		if (!person) return fail(400, { ...given, fields, code: null });
		const { accounts } = event.locals.portal;
		const token = event.url.searchParams.get('token');
		const invitation = await accounts.invitation(token);
		try {
			setSession(event, await accounts.join(token, person));
		} catch (error) {
			const { status, code } = refusal(error);
			return fail(status, { ...given, fields: {}, code });
		}
		// Who was asked to add music begins with it.
		const first = invitation?.role === 'artist' ? '/upload' : '/';
		redirect(303, nextPath(event.url.searchParams.get('next') ?? first));
	}
};
