import { redirect } from '@sveltejs/kit';
import { LANGUAGE_COOKIE } from '#language/choice';
import { isLanguage } from '#language/language';
import { nextPath } from '$lib/account/next-path.ts';
import type { Actions, PageServerLoad } from './$types';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

export const load: PageServerLoad = () => redirect(303, '/');

export const actions: Actions = {
	default: async ({ cookies, request, url }) => {
		const form = await request.formData();
		const chosen = form.get('language');
		if (isLanguage(chosen)) {
			const protocol = request.headers.get('x-forwarded-proto') ?? url.protocol.slice(0, -1);
			cookies.set(LANGUAGE_COOKIE, chosen, {
				path: '/',
				maxAge: YEAR_SECONDS,
				httpOnly: false, // the offline page reads it
				sameSite: 'lax',
				secure: protocol === 'https'
			});
		}
		const next = form.get('next');
		redirect(303, nextPath(typeof next === 'string' ? next : null));
	}
};
