import { Problem } from '#contracts/problem';
import { MAX_PAGE } from '#contracts/track';
import { idsOf, limitOf } from '../asked.ts';
import type { RequestHandler } from './$types';

/** Which of `ids` are liked; without `ids` the liked tracks themselves. */
export const GET: RequestHandler = async ({ url, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const { likes } = portal.catalogue;
	const ids = idsOf(url, MAX_PAGE);
	if (ids) return Response.json({ liked: await likes.among(person.id, ids) });
	const limit = limitOf(url, { usual: 50, most: MAX_PAGE });
	return Response.json(await likes.page(person, { limit, cursor: url.searchParams.get('cursor') }));
};
