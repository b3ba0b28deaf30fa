import type { IncomingMessage } from 'node:http';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a request may change something: a browser names the page it came from in `Origin`, and that must be ours.
 * Compared by host, because behind the edge the scheme is not ours to see. Programs send no `Origin`.
 */
export function comesFromUs(request: IncomingMessage): boolean {
	if (SAFE.has(request.method ?? 'GET')) return true;
	return isOurOrigin(request);
}

/** For websockets, which have no method to go by. */
export function isOurOrigin({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
	const { origin, host } = headers;
	if (origin === undefined) return true;
	return URL.canParse(origin) && new URL(origin).host === host;
}
