import { NewPlay } from '#contracts/play';
import { readBody } from '../body.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, locals }) => {
	const { headers } = request;
	await locals.portal.plays.record(
		{
			person: locals.person,
			peer: headers.get('x-segue-peer') ?? '',
			agent: headers.get('user-agent') ?? ''
		},
		await readBody(request, NewPlay)
	);
	// The same whether it counted: nobody is told how to lie better.
	return new Response(null, { status: 204 });
};
