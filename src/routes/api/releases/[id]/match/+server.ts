import { Problem } from '#contracts/problem';
import type { RequestEvent, RequestHandler } from './$types';

function asking({ locals }: RequestEvent) {
	if (!locals.person) throw new Problem('unauthorized');
	return { person: locals.person, matching: locals.portal.matching };
}

export const POST: RequestHandler = async (event) => {
	const { person, matching } = asking(event);
	const { id } = event.params;
	await matching.ask(person, id);
	return Response.json(await matching.read(person, id), {
		status: 202,
		headers: { Location: `/api/releases/${id}/match` }
	});
};

export const GET: RequestHandler = async (event) => {
	const { person, matching } = asking(event);
	return Response.json(await matching.read(person, event.params.id));
};

export const DELETE: RequestHandler = async (event) => {
	const { person, matching } = asking(event);
	await matching.refuse(person, event.params.id);
	return new Response(null, { status: 204 });
};
