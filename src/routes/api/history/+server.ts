import { HistorySetting } from '#contracts/play';
import { Problem } from '#contracts/problem';
import { MAX_PAGE } from '#contracts/track';
import { limitOf } from '../asked.ts';
import { readBody } from '../body.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ url, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const limit = limitOf(url, { usual: 50, most: MAX_PAGE });
	const cursor = url.searchParams.get('cursor');
	return Response.json(await portal.catalogue.plays.history(person, { limit, cursor }));
};

export const DELETE: RequestHandler = async ({ locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	await portal.catalogue.plays.clearHistory(person.id);
	return new Response(null, { status: 204 });
};

/** Whether what this person plays is remembered from now on. */
export const PATCH: RequestHandler = async ({ request, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const { keeps } = await readBody(request, HistorySetting);
	await portal.catalogue.plays.keepHistory(person.id, keeps);
	return new Response(null, { status: 204 });
};
