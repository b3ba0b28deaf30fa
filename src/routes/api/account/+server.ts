import { NewName } from '#contracts/account';
import { Problem } from '#contracts/problem';
import { readBody } from '../body.ts';
import type { RequestHandler } from './$types';

export const PATCH: RequestHandler = async ({ request, locals }) => {
	if (!locals.person) throw new Problem('unauthorized');
	const { name } = await readBody(request, NewName);
	await locals.portal.accounts.rename(locals.person, name);
	return new Response(null, { status: 204 });
};
