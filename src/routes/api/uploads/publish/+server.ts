import { Problem } from '#contracts/problem';
import { PublishUploads } from '#contracts/upload';
import { readBody } from '../../body.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	await portal.drafts.publish(person, await readBody(request, PublishUploads));
	return new Response(null, { status: 204 });
};
