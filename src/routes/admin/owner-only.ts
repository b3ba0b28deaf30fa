import { redirect } from '@sveltejs/kit';
import { Problem } from '#contracts/problem';
import type { Person } from '#contracts/account';

/** Who asks for a page of the owner's. Visitors are led to sign in. @throws Problem forbidden for all others */
export function ownerOf({ locals, url }: { locals: App.Locals; url: URL }): Person {
	const { person } = locals;
	if (!person) redirect(303, `/signin?next=${url.pathname}`);
	if (person.role !== 'owner') throw new Problem('forbidden');
	return person;
}
