import type { RequestEvent } from '@sveltejs/kit';

export const SESSION_COOKIE = 'segue_session';

/** Signs the browser in. */
export function setSession(
	{ cookies, request, url }: Pick<RequestEvent, 'cookies' | 'request' | 'url'>,
	{ token, expiresAt }: { token: string; expiresAt: Date }
) {
	// In development `url` says http behind https; the edge knows.
	const protocol = request.headers.get('x-forwarded-proto') ?? url.protocol.slice(0, -1);
	cookies.set(SESSION_COOKIE, token, {
		path: '/',
		httpOnly: true,
		sameSite: 'lax',
		// On plain http a secure cookie is dropped, and nobody could sign in on a LAN.
		secure: protocol === 'https',
		expires: expiresAt
	});
}
