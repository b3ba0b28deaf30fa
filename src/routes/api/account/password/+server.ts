import { PasswordChange } from '#contracts/account';
import { Problem } from '#contracts/problem';
import { SESSION_COOKIE } from '$lib/account/session-cookie.ts';
import { readBody } from '../../body.ts';
import type { RequestHandler } from './$types';

export const PUT: RequestHandler = async ({ request, locals, cookies }) => {
	if (!locals.person) throw new Problem('unauthorized');
	const change = await readBody(request, PasswordChange);
	const session = cookies.get(SESSION_COOKIE) ?? null;
	await locals.portal.accounts.changePassword(locals.person, change, session);
	return new Response(null, { status: 204 });
};
