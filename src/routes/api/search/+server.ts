import { Problem } from '#contracts/problem';
import { MAX_FOUND } from '#contracts/search';
import type { RequestHandler } from './$types';

const DEFAULT_FOUND = 10;

export const GET: RequestHandler = async ({ url, locals }) => {
	const asked = url.searchParams.get('limit') ?? String(DEFAULT_FOUND);
	const limit = Math.min(Number(asked), MAX_FOUND);
	if (!/^\d{1,6}$/.test(asked) || limit < 1) throw new Problem('bad_request');
	const found = await locals.portal.catalogue.search.find(url.searchParams.get('q') ?? '', {
		viewer: locals.person,
		most: { tracks: limit, releases: limit, artists: limit }
	});
	return Response.json(found, { headers: { 'Cache-Control': 'no-store' } });
};
