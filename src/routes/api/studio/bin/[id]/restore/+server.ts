import { Problem } from '#contracts/problem';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ params, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	return Response.json({ tracks: await portal.bin.restore(person, params.id) });
};
