import { Problem } from '#contracts/problem';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ url, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const since = url.searchParams.get('since');
	if (since !== null && !/^\d{1,15}$/.test(since)) throw new Problem('bad_request');
	return Response.json(await portal.live.since(person, since === null ? null : Number(since)));
};
