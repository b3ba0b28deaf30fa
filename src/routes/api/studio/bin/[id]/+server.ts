import { Problem } from '#contracts/problem';
import type { RequestHandler } from './$types';

/** For good. */
export const DELETE: RequestHandler = async ({ params, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	await portal.bin.erase(person, params.id);
	return new Response(null, { status: 204 });
};
