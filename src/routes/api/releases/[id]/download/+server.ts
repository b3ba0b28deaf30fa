import { askedRange, downloadResponse } from '../../../download.ts';
import type { RequestEvent, RequestHandler } from './$types';

function archive({ locals, params, request }: RequestEvent) {
	return locals.portal.exports.ofRelease(locals.person, params.id, askedRange(request));
}

export const GET: RequestHandler = async (event) => downloadResponse(await archive(event));

export const HEAD: RequestHandler = async (event) => {
	const { status, headers } = await archive(event);
	return new Response(null, { status, headers });
};
