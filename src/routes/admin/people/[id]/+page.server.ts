import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { NewQuota, NewRole, Removal } from '#contracts/roster';
import { fieldProblems, refusal } from '$lib/account/form-problems.ts';
import { spoken } from '#language/spoken';
import { ownerOf } from '../../owner-only.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const NAMES = spoken(() => ({
	quota: 'The space',
	role: 'The role',
	music: 'What becomes of the music'
}));

export const load: PageServerLoad = async (event) => {
	event.depends('segue:people');
	const { roster, spaces } = event.locals.portal;
	return {
		member: await roster.one(ownerOf(event), event.params.id),
		portalQuota: spaces.quotaBytes
	};
};

/** A form that was sent here; what is wrong with it is said beside it. */
async function asked<Schema extends v.GenericSchema>(
	event: RequestEvent,
	schema: Schema,
	work: (fields: v.InferOutput<Schema>) => Promise<void>
) {
	ownerOf(event);
	const form = Object.fromEntries(await event.request.formData());
	const { success, output, issues } = v.safeParse(schema, form);
	if (!success) return fail(400, { problem: Object.values(fieldProblems(issues, NAMES))[0] });
	try {
		await work(output);
	} catch (error) {
		const { status, code } = refusal(error);
		return fail(status, { code });
	}
	return { isSaved: true };
}

export const actions: Actions = {
	role: (event) =>
		asked(event, NewRole, ({ role }) =>
			event.locals.portal.roster.setRole(ownerOf(event), event.params.id, role)
		),
	quota: (event) =>
		asked(event, NewQuota, ({ quota }) =>
			event.locals.portal.roster.setQuota(ownerOf(event), event.params.id, quota)
		),
	remove: (event) =>
		asked(event, Removal, (removal) =>
			event.locals.portal.roster.remove(ownerOf(event), event.params.id, removal)
		),
	back: async (event) => {
		await event.locals.portal.roster.letBack(ownerOf(event), event.params.id);
		redirect(303, event.url.pathname);
	}
};
