import { MatchAcceptance } from '#contracts/match';
import { Problem } from '#contracts/problem';
import type { DescribeUploads } from '#contracts/upload';
import { readBody } from '../../../../body.ts';
import type { RequestHandler } from './$types';

/** The answer, sent to `PATCH /api/uploads`, undoes it. */
export const POST: RequestHandler = async ({ params, request, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const { fields } = await readBody(request, MatchAcceptance);
	const uploads = await portal.matching.accept(person, params.id, fields);
	return Response.json({ uploads } satisfies DescribeUploads);
};
