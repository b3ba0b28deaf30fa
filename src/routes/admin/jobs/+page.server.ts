import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { Problem } from '#contracts/problem';
import { refusal } from '$lib/account/form-problems.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const whole = v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number));
const One = v.object({ id: whole });
const Group = v.object({ kind: v.string(), cause: v.string() });
const Drop = v.object({ at: whole });

export const load: PageServerLoad = async ({ locals, depends }) => {
	depends('segue:jobs');
	if (!locals.person) redirect(303, '/signin?next=/admin/jobs');
	if (locals.person.role !== 'owner') throw new Problem('forbidden');
	return { ...(await locals.portal.deadLetters.overview()), now: Date.now() };
};

/** What an owner asked for by a form. */
async function asked<Schema extends v.GenericSchema>(
	{ request, locals }: RequestEvent,
	schema: Schema
): Promise<v.InferOutput<Schema>> {
	if (!locals.person) throw new Problem('unauthorized');
	if (locals.person.role !== 'owner') throw new Problem('forbidden');
	const { success, output } = v.safeParse(schema, Object.fromEntries(await request.formData()));
	if (!success) throw new Problem('bad_request');
	return output;
}

/** Another tab, or the command line, may have been quicker. */
async function orGone<T>(work: () => Promise<T>) {
	try {
		return await work();
	} catch (error) {
		const { status, code } = refusal(error);
		return fail(status, { code });
	}
}

export const actions: Actions = {
	retry: async (event) => {
		const { id } = await asked(event, One);
		return orGone(async () => {
			await event.locals.portal.deadLetters.retry(id);
			return { retried: 1 };
		});
	},
	retryAll: async (event) => {
		const group = await asked(event, Group);
		return { retried: await event.locals.portal.deadLetters.retryAll(group) };
	},
	drop: async (event) => {
		const { id } = await asked(event, One);
		return orGone(async () => {
			const { at } = await event.locals.portal.deadLetters.drop(id);
			return { dropped: 1, at };
		});
	},
	dropAll: async (event) => {
		const group = await asked(event, Group);
		const { at, count } = await event.locals.portal.deadLetters.dropAll(group);
		return { dropped: count, at };
	},
	restore: async (event) => {
		const { at } = await asked(event, Drop);
		return { restored: await event.locals.portal.deadLetters.restore(at) };
	}
};
