import { ownerOf } from '../owner-only.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

/** Newest releases that are offered to pick from. */
const OFFERED = 60;

export const load: PageServerLoad = async (event) => {
	event.depends('segue:library');
	ownerOf(event);
	const { featured, releases } = event.locals.portal.catalogue;
	const picked = await featured.list();
	const ids = new Set(picked.map(({ id }) => id));
	const latest = await releases.latest({ limit: OFFERED });
	return { picked, offered: latest.filter(({ id }) => !ids.has(id)) };
};

/** The list anew, by what somebody does to one of it. */
async function change(
	event: RequestEvent,
	what: (ids: readonly string[], id: string) => readonly string[]
) {
	ownerOf(event);
	const id = String((await event.request.formData()).get('id') ?? '');
	const { featured } = event.locals.portal.catalogue;
	const ids = (await featured.list()).map((release) => release.id);
	await featured.set(what(ids, id));
	return { id };
}

function moved(ids: readonly string[], id: string, by: -1 | 1): readonly string[] {
	const from = ids.indexOf(id);
	const to = from + by;
	if (from < 0 || to < 0 || to >= ids.length) return ids;
	return ids.toSpliced(from, 1).toSpliced(to, 0, id);
}

export const actions: Actions = {
	pick: (event) => change(event, (ids, id) => [...ids, id]),
	remove: (event) => change(event, (ids, id) => ids.filter((each) => each !== id)),
	up: (event) => change(event, (ids, id) => moved(ids, id, -1)),
	down: (event) => change(event, (ids, id) => moved(ids, id, 1))
};
