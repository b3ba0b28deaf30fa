import { Problem } from '#contracts/problem';
import { MAX_PAGE } from '#contracts/track';
import type { RequestHandler } from './$types';

const DEFAULT_PAGE = 50;

export const GET: RequestHandler = async ({ url, locals }) => {
	const asked = url.searchParams.get('limit') ?? String(DEFAULT_PAGE);
	const limit = Number(asked);
	if (!/^\d{1,6}$/.test(asked) || limit < 1) throw new Problem('bad_request');
	const page = await locals.portal.catalogue.tracks.page({
		viewer: locals.person,
		query: url.searchParams.get('q'),
		limit: Math.min(limit, MAX_PAGE),
		cursor: url.searchParams.get('cursor')
	});
	return Response.json(page);
};
