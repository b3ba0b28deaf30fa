import { Problem } from '#contracts/problem';
import type { RequestHandler } from './$types';

export const PUT: RequestHandler = async ({ params, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const { artists, follows } = portal.catalogue;
	if (!(await artists.isSeenBy(params.artistId, person))) throw new Problem('not_found');
	if (!(await follows.add(person.id, params.artistId, Date.now()))) {
		throw new Problem('quota_exceeded');
	}
	return new Response(null, { status: 204 });
};

export const DELETE: RequestHandler = async ({ params, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const { artists, follows } = portal.catalogue;
	const [known] = await follows.among(person.id, [params.artistId]);
	if (!known && !(await artists.isSeenBy(params.artistId, person))) throw new Problem('not_found');
	await follows.remove(person.id, params.artistId);
	return new Response(null, { status: 204 });
};
