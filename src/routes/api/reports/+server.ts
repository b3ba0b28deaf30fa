import { NewReport } from '#contracts/report';
import { readBody } from '../body.ts';
import type { RequestHandler } from './$types';

/** By anybody, signed in or not. */
export const POST: RequestHandler = async ({ request, locals }) => {
	const report = await readBody(request, NewReport);
	const peer = request.headers.get('x-segue-peer') ?? '';
	await locals.portal.moderation.report(report, locals.person, peer);
	return new Response(null, { status: 204 });
};
