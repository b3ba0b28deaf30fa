import { SignIn } from '#contracts/account';
import { SESSION_COOKIE, setSession } from '$lib/account/session-cookie.ts';
import { readBody } from '../body.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) => {
	const { request, locals } = event;
	const given = await readBody(request, SignIn);
	const peer = request.headers.get('x-segue-peer') ?? '';
	setSession(event, await locals.portal.accounts.signIn(given, peer));
	return new Response(null, { status: 204 });
};

export const DELETE: RequestHandler = async ({ cookies, locals }) => {
	const token = cookies.get(SESSION_COOKIE);
	if (token) await locals.portal.accounts.signOut(token);
	cookies.delete(SESSION_COOKIE, { path: '/' });
	return new Response(null, { status: 204 });
};
