import { DeleteMusic, type Deleted } from '#contracts/bin';
import { Problem } from '#contracts/problem';
import { readBody } from '../../body.ts';
import type { RequestHandler } from './$types';

/** What was deleted, newest first. */
export const GET: RequestHandler = async ({ locals, url }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	return Response.json(await portal.bin.page(person, url.searchParams.get('cursor')));
};

/** Deletes: into the bin. */
export const POST: RequestHandler = async ({ request, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const deleted = await portal.bin.put(person, await readBody(request, DeleteMusic));
	return Response.json(deleted satisfies Deleted, { status: 201 });
};

/** Empties it: nothing of it comes back. */
export const DELETE: RequestHandler = async ({ locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	await portal.bin.empty(person);
	return new Response(null, { status: 204 });
};
