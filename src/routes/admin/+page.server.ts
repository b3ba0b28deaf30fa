import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { NewInvite } from '#contracts/account';
import { Problem } from '#contracts/problem';
import { refusal } from '$lib/account/form-problems.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	if (!locals.person) redirect(303, '/signin?next=/admin');
	if (locals.person.role !== 'owner') throw new Problem('forbidden');
	const { accounts, deadLetters } = locals.portal;
	return { people: await accounts.people(), jobs: await deadLetters.counts() };
};

export const actions: Actions = {
	default: async ({ request, locals, url }) => {
		const { person, portal } = locals;
		if (!person) throw new Problem('unauthorized');
		const form = await request.formData();
		const { success, output } = v.safeParse(NewInvite, { role: form.get('role') });
		if (!success) return fail(400, { code: 'bad_request' as const });
		try {
			const { token } = await portal.accounts.invite(person, output.role);
			// In development `url` says http behind https; the edge knows.
			const protocol = request.headers.get('x-forwarded-proto') ?? url.protocol.slice(0, -1);
			return { link: `${protocol}://${url.host}/join?token=${token}`, role: output.role };
		} catch (error) {
			const { status, code } = refusal(error);
			return fail(status, { code });
		}
	}
};
