import { Problem } from '#contracts/problem';
import type { RequestHandler } from './$types';

export const PUT: RequestHandler = async ({ params, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const { tracks, likes } = portal.catalogue;
	const track = await tracks.byId(params.trackId, person);
	if (!track) throw new Problem('not_found');
	await likes.add(person.id, track.id, Date.now());
	return new Response(null, { status: 204 });
};

export const DELETE: RequestHandler = async ({ params, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const { tracks, likes } = portal.catalogue;
	// What was hidden after it was liked can be let go of; what was never seen is unknown.
	const [known] = await likes.among(person.id, [params.trackId]);
	if (!known && !(await tracks.byId(params.trackId, person))) throw new Problem('not_found');
	await likes.remove(person.id, params.trackId);
	return new Response(null, { status: 204 });
};
