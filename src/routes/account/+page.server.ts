import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { NewName, PasswordChange } from '#contracts/account';
import { fieldProblems, refusal } from '$lib/account/form-problems.ts';
import { SESSION_COOKIE } from '$lib/account/session-cookie.ts';
import { spoken } from '#language/spoken';
import type { Actions, PageServerLoad } from './$types';

const NAMES = spoken(() => ({
	name: 'The name',
	password: 'The present password',
	chosen: 'The new password'
}));

const SIGN_IN = '/signin?next=/account';

export const load: PageServerLoad = ({ locals }) => {
	if (!locals.person) redirect(303, SIGN_IN);
};

export const actions: Actions = {
	name: async ({ locals, request }) => {
		if (!locals.person) redirect(303, SIGN_IN);
		const given = Object.fromEntries(await request.formData());
		const { success, output, issues } = v.safeParse(NewName, given);
		if (!success)
			return fail(400, { of: 'name', fields: fieldProblems(issues, NAMES), code: null } as const);
		await locals.portal.accounts.rename(locals.person, output.name);
		return { of: 'name', isSaved: true } as const;
	},
	password: async ({ locals, request, cookies }) => {
		if (!locals.person) redirect(303, SIGN_IN);
		const given = Object.fromEntries(await request.formData());
		const { success, output, issues } = v.safeParse(PasswordChange, given);
		if (!success)
			return fail(400, {
				of: 'password',
				fields: fieldProblems(issues, NAMES),
				code: null
			} as const);
		try {
			const session = cookies.get(SESSION_COOKIE) ?? null;
			await locals.portal.accounts.changePassword(locals.person, output, session);
		} catch (error) {
			const { status, code } = refusal(error);
			return fail(status, { of: 'password', fields: {}, code } as const);
		}
		return { of: 'password', isSaved: true } as const;
	}
};
