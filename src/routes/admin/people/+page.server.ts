import { fail } from '@sveltejs/kit';
import * as v from 'valibot';
import { NewInvite } from '#contracts/account';
import { refusal } from '$lib/account/form-problems.ts';
import { ownerOf } from '../owner-only.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	event.depends('segue:people');
	const cursor = event.url.searchParams.get('cursor');
	const { accounts, roster } = event.locals.portal;
	const [page, invites] = await Promise.all([
		roster.page(ownerOf(event), cursor),
		accounts.openInvites(ownerOf(event))
	]);
	return { ...page, invites, isFirst: cursor === null };
};

export const actions: Actions = {
	invite: async (event) => {
		const { request, locals, url } = event;
		const person = ownerOf(event);
		const form = await request.formData();
		const { success, output } = v.safeParse(NewInvite, { role: form.get('role') });
		if (!success) return fail(400, { code: 'bad_request' as const });
		try {
			const { token } = await locals.portal.accounts.invite(person, output.role);
			// In development `url` says http behind https; the edge knows.
			const protocol = request.headers.get('x-forwarded-proto') ?? url.protocol.slice(0, -1);
			return { link: `${protocol}://${url.host}/join?token=${token}`, role: output.role };
		} catch (error) {
			const { status, code } = refusal(error);
			return fail(status, { code });
		}
	},
	withdraw: async (event) => {
		const id = (await event.request.formData()).get('id');
		try {
			await event.locals.portal.accounts.withdraw(ownerOf(event), String(id));
		} catch (error) {
			const { status, code } = refusal(error);
			return fail(status, { withdrawal: code });
		}
		return { isWithdrawn: true };
	}
};
