import { Problem } from '#contracts/problem';
import { DescribeUploads, RegisterUploads } from '#contracts/upload';
import { readBody } from '../body.ts';
import { inPieces } from './in-pieces.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	return Response.json(
		await portal.intake.register(person, await readBody(request, RegisterUploads))
	);
};

export const GET: RequestHandler = async ({ url, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const since = url.searchParams.get('since');
	const isOpen = url.searchParams.get('open') === '1';
	return inPieces(await portal.intake.changes(person, { since, isOpen }));
};

export const PATCH: RequestHandler = async ({ request, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	await portal.drafts.describe(person, await readBody(request, DescribeUploads));
	return new Response(null, { status: 204 });
};
