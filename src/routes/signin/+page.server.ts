import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { SignIn } from '#contracts/account';
import { fieldProblems, refusal, type FormProblems } from '$lib/account/form-problems.ts';
import { nextPath } from '$lib/account/next-path.ts';
import { setSession } from '$lib/account/session-cookie.ts';
import { spoken } from '#language/spoken';
import type { Actions, PageServerLoad } from './$types';

const NAMES = spoken(() => ({ email: 'The address', password: 'The password' }));

export const load: PageServerLoad = async ({ locals, url }) => {
	if (locals.person) redirect(303, nextPath(url.searchParams.get('next')));
	const { accounts } = locals.portal;
	return {
		isSetUp: await accounts.hasOwner(),
		isOpen: (await accounts.invitation(null)) !== null
	};
};

export const actions: Actions = {
	default: async (event) => {
		const { request, locals, url } = event;
		const form = await request.formData();
		const email = String(form.get('email') ?? '');
		const { success, output, issues } = v.safeParse(SignIn, {
			email,
			password: form.get('password')
		});
		if (!success) {
			const fields = fieldProblems(issues, NAMES);
			return fail(400, { email, fields, code: null } satisfies FormProblems & { email: string });
		}
		try {
			const peer = request.headers.get('x-segue-peer') ?? '';
			setSession(event, await locals.portal.accounts.signIn(output, peer));
		} catch (error) {
			const { status, code } = refusal(error);
			return fail(status, { email, fields: {}, code } satisfies FormProblems & { email: string });
		}
		redirect(303, nextPath(url.searchParams.get('next')));
	}
};
