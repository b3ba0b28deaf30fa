/** A chunk is sized to take about a second; one that takes this long is on a dead connection. */
export const STALL_MS = 90_000;
/** How requests travel; what one upload finds out holds for all. */
export interface Road {
	/**
	 * `omit` gives them a connection of their own. `same-origin` is for a proxy on the way that lets nobody through
	 * without its cookie: then they share the pages' connection.
	 */
	credentials: 'omit' | 'same-origin';
}

/** As everybody does it, and once more with the cookie when a proxy wants to know who asks. */
export async function fetchOn(
	road: Road,
	fetch: typeof globalThis.fetch,
	url: string | URL,
	init: RequestInit
): Promise<Response> {
	const asked: RequestInit = {
		...init,
		cache: 'no-store',
		// The portal never sends anybody elsewhere: a proxy that wants a sign-in does.
		redirect: 'manual'
	};
	const response = await fetch(url, { ...asked, credentials: road.credentials });
	const isOver = init.body instanceof ReadableStream; // it cannot be said twice
	if (road.credentials !== 'omit' || isOver || !isOfAnother(response)) return response;
	const second = await fetch(url, { ...asked, credentials: 'same-origin' });
	if (isOfAnother(second)) return response;
	road.credentials = 'same-origin';
	return second;
}

/** Whether somebody on the way answered instead of the portal, which says its version of tus with every answer. */
function isOfAnother(response: Response): boolean {
	if (response.type === 'opaqueredirect') return true;
	const asksWho = response.ok || [401, 403, 407, 511].includes(response.status);
	return asksWho && !response.headers.has('Tus-Resumable');
}
