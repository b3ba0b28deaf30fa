/** Any address will do: it only shows whether a path leads away from it. */
const HERE = 'https://segue.invalid';

/** Where to go after signing in: a path of this portal, or home. Never another site. */
export function nextPath(asked: string | null): string {
	if (!asked?.startsWith('/') || !URL.canParse(asked, HERE)) return '/';
	const url = new URL(asked, HERE);
	return url.origin === HERE && !url.pathname.startsWith('//')
		? url.pathname + url.search + url.hash
		: '/';
}
