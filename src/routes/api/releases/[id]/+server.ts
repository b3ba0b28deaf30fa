import { Problem } from '#contracts/problem';
import { ReleaseChanges } from '#contracts/release';
import { readBody } from '../../body.ts';
import type { RequestHandler } from './$types';

export const PATCH: RequestHandler = async ({ params, request, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const said = await readBody(request, ReleaseChanges);
	await portal.profiles.changeRelease(person, params.id, said);
	return new Response(null, { status: 204 });
};
