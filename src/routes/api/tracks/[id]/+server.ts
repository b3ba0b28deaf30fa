import { Problem } from '#contracts/problem';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, locals }) => {
	const track = await locals.portal.catalogue.tracks.byId(params.id, locals.person);
	if (!track) throw new Problem('not_found');
	return Response.json(track);
};

/** Into the bin: `id` of the answer puts it back. */
export const DELETE: RequestHandler = async ({ params, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	return Response.json(await portal.bin.put(person, { tracks: [params.id] }));
};
