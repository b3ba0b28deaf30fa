import { fail } from '@sveltejs/kit';
import * as v from 'valibot';
import { Problem } from '#contracts/problem';
import { NewReport } from '#contracts/report';
import { fieldProblems, refusal } from '$lib/account/form-problems.ts';
import { spoken } from '#language/spoken';
import type { Actions, PageServerLoad } from './$types';

const NAMES = spoken(() => ({ reason: 'The reason', text: 'What you wrote' }));
const Target = v.pick(NewReport, ['kind', 'id']);

export const load: PageServerLoad = async ({ locals, url }) => {
	const { success, output } = v.safeParse(Target, Object.fromEntries(url.searchParams));
	const target = success && (await locals.portal.moderation.target(output));
	if (!target) throw new Problem('not_found');
	return { target, kind: output.kind };
};

export const actions: Actions = {
	default: async ({ request, locals, url }) => {
		const form = Object.fromEntries(await request.formData());
		const asked = { ...form, ...Object.fromEntries(url.searchParams) };
		const { success, output, issues } = v.safeParse(NewReport, asked);
		if (!success) return fail(400, { fields: fieldProblems(issues, NAMES), text: form['text'] });
		try {
			const peer = request.headers.get('x-segue-peer') ?? '';
			await locals.portal.moderation.report(output, locals.person, peer);
			return { isSent: true };
		} catch (error) {
			const { status, code } = refusal(error);
			return fail(status, { code });
		}
	}
};
