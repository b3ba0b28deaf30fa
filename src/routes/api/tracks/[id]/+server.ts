import { Problem } from '#contracts/problem';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, locals }) => {
	const track = await locals.portal.catalogue.tracks.byId(params.id, locals.person);
	if (!track) throw new Problem('not_found');
	return Response.json(track);
};
