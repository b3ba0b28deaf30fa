import { fail } from '@sveltejs/kit';
import * as v from 'valibot';
import { TakeDown } from '#contracts/report';
import { fieldProblems, refusal } from '$lib/account/form-problems.ts';
import { spoken } from '#language/spoken';
import { ownerOf } from '../owner-only.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const VIEWS = ['open', 'closed', 'down'] as const;
const NAMES = spoken(() => ({ reason: 'The reason', kind: 'What it is', id: 'What it is' }));
const Target = v.omit(TakeDown, ['reason']);

export const load: PageServerLoad = async (event) => {
	event.depends('segue:reports');
	ownerOf(event);
	const { url, locals } = event;
	const cursor = url.searchParams.get('cursor');
	const view = VIEWS.find((each) => each === url.searchParams.get('show')) ?? 'open';
	const { moderation } = locals.portal;
	return {
		view,
		isFirst: cursor === null,
		...(view === 'down'
			? { reports: [], ...(await moderation.takenDown(cursor)) }
			: { tracks: [], ...(await moderation.reports(view, cursor)) })
	};
};

/** Another tab may have been quicker. */
async function act<T extends object>(work: () => Promise<T>) {
	try {
		return await work();
	} catch (error) {
		const { status, code } = refusal(error);
		return fail(status, { code });
	}
}

async function settle(event: RequestEvent, state: 'open' | 'closed') {
	const owner = ownerOf(event);
	const id = String((await event.request.formData()).get('id') ?? '');
	return act(async () => {
		await event.locals.portal.moderation.settle(owner, id, state);
		return { settled: state, id };
	});
}

export const actions: Actions = {
	close: (event) => settle(event, 'closed'),
	reopen: (event) => settle(event, 'open'),
	takedown: async (event) => {
		const owner = ownerOf(event);
		const form = Object.fromEntries(await event.request.formData());
		const { success, output, issues } = v.safeParse(TakeDown, form);
		if (!success) return fail(400, { problem: Object.values(fieldProblems(issues, NAMES))[0] });
		return act(async () => {
			await event.locals.portal.moderation.takeDown(owner, output);
			return { down: { kind: output.kind, id: output.id } };
		});
	},
	putup: async (event) => {
		const owner = ownerOf(event);
		const { success, output } = v.safeParse(
			Target,
			Object.fromEntries(await event.request.formData())
		);
		if (!success) return fail(400, { code: 'bad_request' as const });
		return act(async () => {
			await event.locals.portal.moderation.putUp(owner, output);
			return { isUp: true };
		});
	}
};
