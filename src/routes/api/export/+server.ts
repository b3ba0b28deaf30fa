import { Problem } from '#contracts/problem';
import { askedRange, downloadResponse } from '../download.ts';
import type { RequestEvent, RequestHandler } from './$types';

function archive({ locals, request, url }: RequestEvent) {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	return portal.exports.ofPerson(person, url.searchParams.get('person'), askedRange(request));
}

export const GET: RequestHandler = async (event) => downloadResponse(await archive(event));

export const HEAD: RequestHandler = async (event) => {
	const { status, headers } = await archive(event);
	return new Response(null, { status, headers });
};
