import { Problem } from '#contracts/problem';
import type { RequestHandler } from './$types';

/** What is new now was looked at. */
export const POST: RequestHandler = async ({ locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	await portal.catalogue.follows.see(person.id, Date.now());
	return new Response(null, { status: 204 });
};
