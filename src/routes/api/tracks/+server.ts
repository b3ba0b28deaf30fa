import { Problem } from '#contracts/problem';
import { MAX_PAGE } from '#contracts/track';
import type { RequestHandler } from './$types';

const DEFAULT_PAGE = 50;

export const GET: RequestHandler = async ({ url, locals }) => {
	const asked = url.searchParams.get('limit') ?? String(DEFAULT_PAGE);
	const limit = Number(asked);
	if (!/^\d{1,6}$/.test(asked) || limit < 1) throw new Problem('bad_request');
	const { catalogue } = locals.portal;
	const ask = {
		viewer: locals.person,
		limit: Math.min(limit, MAX_PAGE),
		cursor: url.searchParams.get('cursor')
	};
	const typed = url.searchParams.get('q');
	const page = typed ? catalogue.search.tracks(typed, ask) : catalogue.trackPages.page(ask);
	return Response.json(await page);
};
