import { Problem } from '#contracts/problem';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, locals }) => {
	const { tracks, chapters } = locals.portal.catalogue;
	const track = await tracks.byId(params.id, locals.person);
	if (!track) throw new Problem('not_found');
	return Response.json(await chapters.beside(track));
};

/** Into the bin: `id` of the answer puts it back. */
export const DELETE: RequestHandler = async ({ params, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	return Response.json(await portal.bin.put(person, { tracks: [params.id] }));
};
