import { redirect } from '@sveltejs/kit';
import type { Person } from '#contracts/account';

/** Whose page it is; visitors sign in and come back. */
export function signedIn({ locals, url }: { locals: App.Locals; url: URL }): Person {
	if (!locals.person) redirect(303, `/signin?next=${encodeURIComponent(url.pathname)}`);
	return locals.person;
}
