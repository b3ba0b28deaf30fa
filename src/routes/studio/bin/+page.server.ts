import { fail } from '@sveltejs/kit';
import { Problem } from '#contracts/problem';
import { refusal } from '$lib/account/form-problems.ts';
import { signedIn } from '../../signed-in.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async (event) => {
	event.depends('segue:library');
	const person = signedIn(event);
	const { bin, spaces } = event.locals.portal;
	const { searchParams } = event.url;
	const cursor = searchParams.get('cursor');
	const [page, space] = await Promise.all([bin.page(person, cursor), spaces.of(person.id)]);
	return { ...page, space, isFirst: cursor === null, asks: searchParams.get('asks') };
};

/** Another tab may have been quicker. */
async function act<T extends object>(event: RequestEvent, work: (id: string) => Promise<T>) {
	if (!event.locals.person) throw new Problem('unauthorized');
	const form = await event.request.formData();
	try {
		return await work(String(form.get('id') ?? ''));
	} catch (error) {
		const { status, code } = refusal(error);
		return fail(status, { code });
	}
}

const owned = ({ locals: { person } }: RequestEvent) => {
	if (!person) throw new Problem('unauthorized');
	return person;
};

export const actions: Actions = {
	restore: (event) =>
		act(event, async (id) => ({
			restored: await event.locals.portal.bin.restore(owned(event), id)
		})),
	erase: (event) =>
		act(event, async (id) => {
			await event.locals.portal.bin.erase(owned(event), id);
			return { erased: true };
		}),
	empty: (event) =>
		act(event, async () => {
			await event.locals.portal.bin.empty(owned(event));
			return { erased: true };
		})
};
