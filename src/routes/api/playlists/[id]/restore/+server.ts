import { Problem } from '#contracts/problem';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ params, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	await portal.playlists.restore(person, params.id);
	return new Response(null, { status: 204 });
};
