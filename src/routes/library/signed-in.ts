import { redirect } from '@sveltejs/kit';
import type { Person } from '#contracts/account';

/** Whose library it is; everybody else signs in and comes back. */
export function signedIn({ locals, url }: { locals: App.Locals; url: URL }): Person {
	if (!locals.person) redirect(303, `/signin?next=${encodeURIComponent(url.pathname)}`);
	return locals.person;
}
