import { AskChoices, type ImportChoices } from '#contracts/import-choices';
import { problemBody, Problem, STATUS } from '#contracts/problem';
import { readBody } from '../../body.ts';
import type { RequestHandler } from './$types';

/** Posted though it changes nothing: a password is in no address. */
export const POST: RequestHandler = async ({ request, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const asked = await readBody(request, AskChoices);
	const answer = await portal.imports.choices(person, asked, request.signal);
	const headers = { 'Cache-Control': 'no-store' };
	if ('found' in answer) return Response.json(answer.found satisfies ImportChoices, { headers });
	const body = { ...problemBody('source_refused', locals.requestId), reason: answer.failed };
	return Response.json(body, {
		status: STATUS.source_refused,
		headers: { ...headers, 'Content-Type': 'application/problem+json' }
	});
};
