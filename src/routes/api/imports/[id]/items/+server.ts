import { Problem } from '#contracts/problem';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, url, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const state = url.searchParams.get('state') ?? 'failed';
	const after = url.searchParams.get('after') ?? '0';
	return Response.json(await portal.imports.items(person, params.id, { state, after }));
};
